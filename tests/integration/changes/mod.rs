//! Single changes made behind Terraform's back, each in a copy of a recorded world, each reported at its own address
//! and nowhere else; edits without meaning, which are not reported at all; and what cannot be seen, which is said.
//!
//! What the emulator cannot be brought to do is changed in the snapshot instead; each file says what that is and what is
//! left out.

mod blind;
mod buckets;
mod calls;
mod cloudfront;
mod meaningless;
mod route53;
mod s3;
mod unmanaged;
