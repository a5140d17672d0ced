//! Deployment targets held against what is served.
