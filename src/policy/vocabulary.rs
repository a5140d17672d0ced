//! What conditions may name: one table each for the `when` of a rule and for assertions.

use std::sync::LazyLock;

use crate::language::{Slot, Vocabulary};

/// Makes an enum of slots, their vocabulary and their documentation out of one table. The order of the table is that of
/// the slots.
macro_rules! terms {
    (
        $(#[$doc:meta])* $name:ident, $documented:ident, $vocabulary:ident;
        $($root:literal { $($member:ident $path:literal $meaning:literal;)+ })+
        $($variable:ident $alone:literal $said:literal;)+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $name {
            $($($member,)+)+
            $($variable,)+
        }

        impl $name {
            pub(super) const ALL: &'static [$name] = &[$($($name::$member,)+)+ $($name::$variable,)+];

            /// What stands behind a slot of the vocabulary.
            pub(super) fn of(slot: Slot) -> Option<$name> {
                Self::ALL.get(slot.index()).copied()
            }
        }

        $(#[$doc])*
        ///
        /// As it is written, and what it means.
        pub static $documented: &[(&str, &str)] = &[
            $($((concat!($root, ".", $path), $meaning),)+)+
            $(($alone, $said),)+
        ];

        pub(super) static $vocabulary: LazyLock<Vocabulary> = LazyLock::new(|| {
            let mut vocabulary = Vocabulary::new();
            $(vocabulary.object($root, [$($path),+]);)+
            $(vocabulary.variable($alone);)+
            vocabulary
        });
    };
}

terms! {
    /// What the `when` of a rule may name.
    When, WHEN_TERMS, WHEN;
    "finding" {
        FindingId "id" "the fingerprint, 16 hex digits, the same from run to run";
        FindingRule "rule" "the rule's name, or the assertion's";
        FindingCategory "category" "`drift`, `unmanaged`, `serving`, `deploy`, `assert` or `configuration`";
        FindingSeverity "severity" "the severity that the finding as a whole has without a policy";
        FindingAddress "address" "the Terraform address; null for what no state holds";
        FindingState "state" "the state that holds the resource; null where no single one does";
        FindingType "type" "the Terraform type, as `resource.type`";
        FindingResourceId "resource_id" "Terraform's import id, as `resource.id`";
        FindingTitle "title" "the headline";
        FindingDetail "detail" "the explanation; may be empty";
        FindingHosts "hosts" "the affected hosts, a list";
        FindingFile "file" "the file where it is written down; null where that is not known";
        FindingLine "line" "the line in that file; null where that is not known";
        FindingNew "new" "whether no earlier run found it; unknown where no earlier run is known";
        FindingFirstSeen "first_seen" "the first run that found it, RFC 3339; unknown where no earlier run is known";
    }
    "change" {
        ChangePath "path" "the changed attribute, such as `origin[\"website\"].origin_path`; null where the finding has no changes";
        ChangeExpected "expected" "what the state says; null where it says nothing";
        ChangeLive "live" "what is live; null where nothing is";
        ChangeSensitive "sensitive" "whether the values are withheld; null where the finding has no changes";
        ChangeNote "note" "what is to be known about the difference; null if nothing";
    }
    "resource" {
        ResourceType "type" "the Terraform type";
        ResourceId "id" "Terraform's import id";
        ResourceAddress "address" "the Terraform address; null for what no state holds";
        ResourceName "name" "the name in the address, without key; null without an address";
        ResourceModule "module" "the module's address with keys, empty in the root module; null without an address";
        ResourceExpected "expected" "the attributes in the state, sensitive ones marked; null for what no state holds";
        ResourceLive "live" "the live attributes that driftgate compares, under Terraform's names; unknown where they could not be read, null where the thing is gone";
        ResourceTags "tags" "the live tags, else those of the state; empty where there are none";
    }
    "site" {
        SiteName "name" "the first configured site with an affected host; all members are null without one";
        SiteHosts "hosts" "its hosts";
        SiteEnvironment "environment" "its environment";
        SiteBucket "bucket" "the bucket that is expected to hold it";
        SiteDistribution "distribution" "the distribution that is expected to serve it";
    }
    Host "host" "the first affected host, or null";
    Hosts "hosts" "the affected hosts, a list";
    Account "account" "the account, or null where it is not known";
    Region "region" "the resource's region, or null where it has none";
    Phase "phase" "`pre` or `post`: before or after the deployment";
    Now "now" "the time of the run, RFC 3339";
}

terms! {
    /// What assertions may name.
    Asserted, ASSERT_TERMS, ASSERTED;
    "resource" {
        Type "type" "the Terraform type";
        Id "id" "Terraform's import id";
        Address "address" "the Terraform address; null for what no state holds";
        Name "name" "the name in the address, without key; null without an address";
        Module "module" "the module's address with keys, empty in the root module; null without an address";
        Expected "expected" "the attributes in the state, sensitive ones marked; null for what no state holds";
        Live "live" "the live attributes that driftgate compares, under Terraform's names; unknown where they could not be read";
        Tags "tags" "the live tags, else those of the state; empty where there are none";
        Serving "serving" "what the thing has to do with serving; null for other types than buckets and distributions";
    }
    Account "account" "the account, or null where it is not known";
    Region "region" "the resource's region, or null where it has none";
    Phase "phase" "`pre` or `post`: before or after the deployment";
    Now "now" "the time of the run, RFC 3339";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slots_are_counted_as_the_table_is() {
        for (vocabulary, terms) in [(&*WHEN, WHEN_TERMS), (&*ASSERTED, ASSERT_TERMS)] {
            assert_eq!(vocabulary.slots(), terms.len());
            for (at, (path, _)) in terms.iter().enumerate() {
                assert_eq!(vocabulary.slot(path).map(Slot::index), Some(at), "{path}");
            }
        }
        assert_eq!(When::ALL.len(), WHEN_TERMS.len());
        assert_eq!(Asserted::ALL.len(), ASSERT_TERMS.len());
        assert_eq!(When::of(WHEN.slot("finding.rule").unwrap()), Some(When::FindingRule));
        assert_eq!(
            Asserted::of(ASSERTED.slot("resource.serving").unwrap()),
            Some(Asserted::Serving)
        );
    }
}
