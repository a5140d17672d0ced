//! Does the site serve: a host followed from DNS to the object, on the state and on the live account.

pub mod trace;
