//! The names of all rules that a finding can be reported under.
//!
//! A name is kebab-case and for ever: users' configurations and saved results hold it. Every rule has exactly one
//! entry under `policies/`, which sets its severity and explains it; a test compares the two lists.

macro_rules! rules {
    ($($(#[$doc:meta])* $constant:ident = $name:literal;)+) => {
        $($(#[$doc])* pub const $constant: &str = $name;)+

        /// Every rule.
        pub const ALL: &[&str] = &[$($constant),+];
    };
}

rules! {
    /// In the state, gone from AWS.
    RESOURCE_MISSING = "resource-missing";
    /// A live attribute differs from the state.
    RESOURCE_CHANGED = "resource-changed";
    /// Policies differ only in a principal that could not be resolved.
    PRINCIPAL_UNRESOLVED = "principal-unresolved";
    /// A policy's text differs, its effect does not.
    POLICY_REWORDED = "policy-reworded";
    /// Only labels without effect differ.
    COSMETIC_CHANGE = "cosmetic-change";
    /// A record set of a managed zone that no state holds.
    UNMANAGED_RECORD = "unmanaged-record";
    /// The same, kept by a traffic policy instance.
    UNMANAGED_RECORD_OF_SERVICE = "unmanaged-record-of-service";
    UNMANAGED_BUCKET_POLICY = "unmanaged-bucket-policy";
    UNMANAGED_BUCKET_ACL = "unmanaged-bucket-acl";
    UNMANAGED_BUCKET_WEBSITE = "unmanaged-bucket-website";
    UNMANAGED_BUCKET_VERSIONING = "unmanaged-bucket-versioning";
    UNMANAGED_BUCKET_CORS = "unmanaged-bucket-cors";
    UNMANAGED_BUCKET_LOGGING = "unmanaged-bucket-logging";
    UNMANAGED_BUCKET_LIFECYCLE = "unmanaged-bucket-lifecycle";
    UNMANAGED_BUCKET_ENCRYPTION = "unmanaged-bucket-encryption";
    UNMANAGED_BUCKET_REPLICATION = "unmanaged-bucket-replication";
    UNMANAGED_BUCKET_ACCELERATION = "unmanaged-bucket-acceleration";
    UNMANAGED_BUCKET_REQUEST_PAYMENT = "unmanaged-bucket-request-payment";
    UNMANAGED_BUCKET_OBJECT_LOCK = "unmanaged-bucket-object-lock";
}
