//! Which lines differ, cut where a reader would cut.

use std::ops::Range;
use std::time::Duration;

use similar::{Algorithm, DiffOp, DiffTag, TextDiff, group_diff_ops};

/// Unchanged lines shown around a changed one.
const CONTEXT: usize = 3;
/// After this the diff may become coarser than it could be, never wrong.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Compares line by line.
pub(in crate::report) fn compare<'a>(old: &[&'a str], new: &[&'a str]) -> TextDiff<'a, 'a, str> {
    TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .timeout(TIMEOUT)
        .diff_slices(old, new)
}

/// The parts of the diff that hold changes, each with a few lines around it.
pub(in crate::report) fn hunks(diff: &TextDiff<'_, '_, str>, old: &[&str], new: &[&str]) -> Vec<Vec<DiffOp>> {
    group_diff_ops(slide(diff.ops().to_vec(), old, new), CONTEXT)
}

/// Moves blocks that came or went to where they begin and end with an element.
///
/// A statement that went from between two others can be cut out in several ways, most of which end in the midst of
/// its neighbour: `…, "Sid": "B" }, { "Effect": "Allow"` says the same as `{ "Effect": "Allow", …, "Sid": "B" },` but
/// nobody can read it.
fn slide(mut ops: Vec<DiffOp>, old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    for at in 1..ops.len() {
        let (lines, block) = match ops[at].tag() {
            DiffTag::Delete => (old, ops[at].old_range()),
            DiffTag::Insert => (new, ops[at].new_range()),
            DiffTag::Equal | DiffTag::Replace => continue,
        };
        let before = ops[at - 1];
        if before.tag() != DiffTag::Equal || ops.get(at + 1).is_some_and(|after| after.tag() != DiffTag::Equal) {
            continue;
        }
        let by = best_slide(lines, block, before.new_range().len());
        if by == 0 {
            continue;
        }
        ops[at - 1] = equal(
            before.old_range().start,
            before.new_range().start,
            before.new_range().len() - by,
        );
        let (old_range, new_range) = (ops[at].old_range(), ops[at].new_range());
        ops[at] = match ops[at].tag() {
            DiffTag::Delete => DiffOp::Delete {
                old_index: old_range.start - by,
                old_len: old_range.len(),
                new_index: new_range.start - by,
            },
            _ => DiffOp::Insert {
                old_index: old_range.start - by,
                new_index: new_range.start - by,
                new_len: new_range.len(),
            },
        };
        let (old_end, new_end) = (ops[at].old_range().end, ops[at].new_range().end);
        match ops.get_mut(at + 1) {
            Some(after) => *after = equal(old_end, new_end, after.new_range().len() + by),
            None => ops.push(equal(old_end, new_end, by)),
        }
    }
    ops.retain(|op| !(op.old_range().is_empty() && op.new_range().is_empty()));
    ops
}

fn equal(old_index: usize, new_index: usize, len: usize) -> DiffOp {
    DiffOp::Equal {
        old_index,
        new_index,
        len,
    }
}

/// By how many lines to move `block` up, at most `room`, so that it begins at the outermost level it can and not with
/// the end of an element.
fn best_slide(lines: &[&str], block: Range<usize>, room: usize) -> usize {
    let room = room.min(block.start);
    let furthest = (0..room)
        .take_while(|by| lines[block.start - by - 1] == lines[block.end - by - 1])
        .count();
    let cost = |by: usize| {
        let first = lines[block.start - by];
        let inner = first.trim_start();
        (first.len() - inner.len(), inner.starts_with(['}', ']']))
    };
    (0..=furthest).min_by_key(|by| cost(*by)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<&str> {
        text.lines().collect()
    }

    /// The changed lines with their signs.
    fn changed(old: &[&str], new: &[&str]) -> Vec<String> {
        let diff = compare(old, new);
        let ops: Vec<_> = hunks(&diff, old, new).concat();
        let changes = ops.iter().flat_map(|op| diff.iter_changes(op));
        changes
            .map(|change| format!("{}{}", change.tag(), change.value()))
            .filter(|line| !line.starts_with(' '))
            .collect()
    }

    #[test]
    fn an_element_that_came_or_went_is_cut_out_whole() {
        let both = lines("[\n  {\n    a,\n    x,\n  },\n  {\n    b,\n    x,\n  },\n  {\n    c,\n    x,\n  },\n]");
        let without = lines("[\n  {\n    a,\n    x,\n  },\n  {\n    c,\n    x,\n  },\n]");
        assert_eq!(changed(&both, &without), ["-  {", "-    b,", "-    x,", "-  },"]);
        assert_eq!(changed(&without, &both), ["+  {", "+    b,", "+    x,", "+  },"]);
    }

    #[test]
    fn a_block_at_the_very_end_can_move_too() {
        assert_eq!(changed(&["a", " b", "a", " b"], &["a", " b"]), ["-a", "- b"]);
        assert_eq!(changed(&[" b", "a", " b"], &[" b"]), ["-a", "- b"]);
        assert_eq!(changed(&["a", " b", "a"], &["a"]), ["-a", "- b"]);
    }

    proptest! {
        /// Whatever was moved: the old lines are those without `+`, the new ones those without `-`.
        #[test]
        fn the_diff_still_leads_from_old_to_new(
            old in prop::collection::vec("[ab{}]| [ab{}]", 0..24),
            new in prop::collection::vec("[ab{}]| [ab{}]", 0..24),
        ) {
            let (old, new): (Vec<&str>, Vec<&str>) =
                (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
            let diff = compare(&old, &new);
            let (mut left, mut right) = (Vec::<&str>::new(), Vec::<&str>::new());
            for op in slide(diff.ops().to_vec(), &old, &new) {
                prop_assert_eq!(op.old_range().start, left.len());
                prop_assert_eq!(op.new_range().start, right.len());
                left.extend(&old[op.old_range()]);
                right.extend(&new[op.new_range()]);
                if op.tag() == DiffTag::Equal {
                    prop_assert_eq!(&old[op.old_range()], &new[op.new_range()]);
                }
            }
            prop_assert_eq!(left, old);
            prop_assert_eq!(right, new);
        }
    }
}
