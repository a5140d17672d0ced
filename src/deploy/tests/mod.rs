mod buckets;
mod environments;
mod incident;
mod others;
mod paths;
mod quiet;
