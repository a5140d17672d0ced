//! Breaking text into lines where nobody else does: SVG has no line breaks.

/// Characters after which an address, name or ARN may be broken.
const JOINTS: [char; 9] = ['.', '/', '-', '_', ':', ',', '=', '@', '?'];

/// Breaks `text` into lines of at most `room` (in multiples of the font's size), at most `most` of them; an ellipsis
/// ends what does not fit. The text must be visible already.
pub(super) fn wrap(text: &str, room: f64, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0.0;
    for piece in pieces(text) {
        let length: f64 = piece.trim_end().chars().map(width).sum();
        if used > 0.0 && used + length > room {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        for c in piece.chars() {
            if used + width(c) > room && c != ' ' {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(c);
            used += width(c);
        }
        if lines.len() > most {
            break;
        }
    }
    lines.push(line);
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    lines.retain(|line| !line.is_empty());
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.pop();
            last.push('…');
        }
    }
    lines
}

/// The text, cut after every blank and joint.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(|c: char| c == ' ' || JOINTS.contains(&c))
}

/// About how wide a character is, bold, in any of the fonts that `system-ui` may be, in multiples of the font's size;
/// rather too much than too little.
fn width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' | '[' | ']' | '/' => 0.4,
        'f' | 't' | 'r' | '-' | 'I' => 0.48,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.12,
        'A'..='Z' | '_' | '=' | '>' | '<' | '+' | '~' | '#' | '&' => 0.86,
        ' '..='~' => 0.71,
        '\u{a0}'..='\u{5ff}' => 0.95,
        _ => 1.3,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_broken_at_their_joints() {
        assert_eq!(
            wrap("website: www.example.com.s3.eu-west-2.amazonaws.com", 16.0, 9),
            ["website: www.example.", "com.s3.eu-west-2.", "amazonaws.com"]
        );
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        let lines = wrap(&"x".repeat(10_000), 10.0, 2);
        assert_eq!(lines, ["x".repeat(14), format!("{}…", "x".repeat(13))]);
        assert_eq!(wrap("", 10.0, 2), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn lines_keep_to_the_room_and_lose_nothing(text in "[ -~äß東]{0,200}", room in 4_u8..40) {
            let room = f64::from(room);
            let lines = wrap(&text, room, usize::MAX);
            for line in &lines {
                prop_assert!(line.chars().map(width).sum::<f64>() <= room + 1e-9);
            }
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
