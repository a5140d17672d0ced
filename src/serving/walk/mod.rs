//! One host followed from DNS to the object. Pure: what is not yet read is asked for in [`Trace::needs`], and the
//! caller reads and walks again, so that every round asks only for what the next step needs.
//!
//! ```text
//! records ─► distribution ─► certificate ─► behaviour ─► origin ─► bucket ─► access ─► object ─► error response
//!    └─► website endpoint of the bucket that is named like the host ─────────┘
//! ```
//!
//! Two sides are walked by the same code. On the live side an answer that nobody read becomes a need, and one that
//! failed a doubt. On the state's side "not read" means "not declared", which is no fault: the step is passed over.

mod access;
mod behaviour;
mod bucket;
mod certificate;
mod distribution;
mod error_response;
mod health_check;
mod host_header;
mod hosts;
mod object;
mod origin;
mod owner;
mod record_faults;
mod records;
mod redirect;
mod sides;
mod staging;
mod step;
mod website;

use std::collections::{BTreeMap, BTreeSet};

use crate::canon::dns;
use crate::inventory::{Answer, Inventory};
use crate::plan::Read;

use super::trace::{Side, Station, Step, Trace, Verdict, Visitor};

pub use hosts::{PROBE_LABEL, hosts};
use sides::Ground;
pub use sides::Sides;

/// Follows a host and URL path (beginning with `/`, no query string) on one side. The other side is only evidence for
/// what the one means: whether a thing was ever ours, whether the state declares the same.
pub fn walk(host: &str, path: &str, side: Side, sides: &Sides<'_>) -> Trace {
    Walker::new(dns::name(host), path.to_owned(), side, sides, Vec::new()).run()
}

/// Redirects followed in a row; browsers give up at 20.
const MAX_REDIRECTS: usize = 10;

/// A walk under way.
struct Walker<'a> {
    sides: &'a Sides<'a>,
    side: Side,
    inventory: &'a Inventory,
    host: String,
    path: String,
    /// The hosts and paths that redirects led through to here.
    visited: Vec<(String, String)>,
    steps: Vec<Step>,
    needs: BTreeSet<Read>,
    failed: BTreeSet<Read>,
    objects: BTreeSet<(String, String)>,
    served_from: BTreeSet<(String, String)>,
    distribution: Option<String>,
    depth: usize,
}

/// What an answer of the inventory says to the walk.
enum Asked<'a, T: ?Sized> {
    Found(&'a T),
    /// Proven not to be there.
    Absent,
    /// The state does not say.
    Undeclared,
    /// Asked for; the branch ends until it is there.
    Pending,
    /// Could not be read.
    Failed(String),
}

/// What an origin, or a website endpoint, answers.
#[derive(Clone, Debug, PartialEq)]
enum Reply {
    /// 200 with this object.
    Object {
        bucket: String,
        key: String,
    },
    /// 200 with the XML listing of the bucket.
    Listing {
        bucket: String,
    },
    /// An error; `page` is the error document of a website endpoint, if it was sent along.
    Status {
        code: u16,
        why: String,
    },
    Redirect {
        status: u16,
        to: String,
    },
    Unknown {
        why: String,
    },
    /// A read is still to be done.
    Pending,
}

impl<'a> Walker<'a> {
    fn new(host: String, path: String, side: Side, sides: &'a Sides<'a>, visited: Vec<(String, String)>) -> Walker<'a> {
        Walker {
            sides,
            side,
            inventory: sides.ground(side).inventory,
            host,
            path,
            visited,
            steps: Vec::new(),
            needs: BTreeSet::new(),
            failed: BTreeSet::new(),
            objects: BTreeSet::new(),
            served_from: BTreeSet::new(),
            distribution: None,
            depth: 0,
        }
    }

    fn run(mut self) -> Trace {
        let visitor = self.serve();
        Trace {
            side: self.side,
            host: self.host,
            path: self.path,
            steps: self.steps,
            visitor,
            needs: self.needs.into_iter().collect(),
            failed: self.failed.into_iter().collect(),
            objects: self.objects.into_iter().collect(),
            distribution: self.distribution,
            served_from: self.served_from.into_iter().collect(),
        }
    }

    /// From the records to what visitors get. Where records send visitors several ways, the worst is what counts.
    fn serve(&mut self) -> Visitor {
        let reach = match self.records() {
            records::Reach::Stop(visitor) => return visitor,
            records::Reach::Ways(ways) => ways,
        };
        let mut visitors = Vec::new();
        if reach.leads_to_cloudfront() {
            visitors.push(self.cloudfront(&reach));
        }
        visitors.extend(self.s3_endpoints(&reach));
        visitors.extend(self.elsewhere(&reach));
        let worst = visitors.iter().position(|visitor| !visitor.is_served());
        let chosen = worst.unwrap_or(0).min(visitors.len().saturating_sub(1));
        let none = || Visitor::Unknown {
            why: "no record of the host is known".to_owned(),
        };
        let visitor = visitors.into_iter().nth(chosen).unwrap_or_else(none);
        let astray = |step: &Step| step.station == Station::Zone && matches!(step.verdict, Verdict::Broken(_));
        match visitor.is_served() && self.steps.iter().any(astray) {
            true => Visitor::Unknown {
                why: "resolvers ask other name servers than the zone's".to_owned(),
            },
            false => visitor,
        }
    }

    /// The side that is walked, with its indexes.
    fn ground(&self) -> &'a Ground<'a> {
        self.sides.ground(self.side)
    }

    fn is_live(&self) -> bool {
        self.side == Side::Live
    }

    /// Looks an answer up, and asks for it where it was never read.
    fn ask<T>(&mut self, answer: &'a Answer<T>, read: impl FnOnce() -> Read) -> Asked<'a, T> {
        self.asked(answer.as_ref(), read)
    }

    fn asked<T: ?Sized>(&mut self, answer: Answer<&'a T>, read: impl FnOnce() -> Read) -> Asked<'a, T> {
        match (answer, self.side) {
            (Answer::Found(value), _) => Asked::Found(value),
            (Answer::Absent, _) => Asked::Absent,
            (Answer::NotRead | Answer::Failed(_), Side::State) => Asked::Undeclared,
            (Answer::NotRead, Side::Live) => {
                self.needs.insert(read());
                Asked::Pending
            }
            (Answer::Failed(failure), Side::Live) => {
                self.failed.insert(read());
                Asked::Failed(failure.to_string())
            }
        }
    }

    /// Like [`Walker::ask`] for what lies beside the path ([`Read::is_beside_the_path`]): the walk goes on without it, so
    /// that an answer which is not there yet counts as failed, and the caller's doubt as the last word on it.
    fn ask_beside<T>(&mut self, answer: &'a Answer<T>, read: impl FnOnce() -> Read) -> Asked<'a, T> {
        match (answer.known(), self.side) {
            (Ok(Some(value)), _) => Asked::Found(value),
            (Ok(None), _) => Asked::Absent,
            (Err(_), Side::State) => Asked::Undeclared,
            (Err(failure), Side::Live) => {
                if matches!(answer, Answer::NotRead) {
                    self.needs.insert(read());
                }
                Asked::Failed(failure.to_string())
            }
        }
    }

    /// What is known of a thing by its id, such as a policy that a distribution names. A state that uses it without
    /// declaring it means it as it is live.
    fn meant<T>(&self, answers: impl Fn(&'a Inventory) -> &'a BTreeMap<String, Answer<T>>, id: &str) -> &'a Answer<T> {
        match Inventory::look_up(answers(self.inventory), id) {
            Answer::NotRead | Answer::Failed(_) => Inventory::look_up(answers(self.sides.live()), id),
            own => own,
        }
    }

    /// Whether the account is one that is not read. Nothing is known of that where it is not known who reads.
    fn is_foreign(&self, account: &str) -> bool {
        let mut read = self.sides.live().read_accounts().peekable();
        read.peek().is_some() && !read.any(|one| one == account)
    }

    /// Whether the state has the bucket in an account that is not read.
    fn is_declared_elsewhere(&self, bucket: &str) -> bool {
        let declared = self.sides.state().bucket_accounts.get(bucket);
        declared.is_some_and(|account| self.is_foreign(account))
    }

    /// The account of a bucket on this side, where known.
    fn account_of_bucket(&self, bucket: &str) -> Option<&'a str> {
        let declared = self.inventory.bucket_accounts.get(bucket).map(String::as_str);
        declared.or_else(|| self.sides.live().account_of_bucket(bucket))
    }

    /// The partition of the account.
    fn partition(&self) -> &'a str {
        self.sides
            .live()
            .caller
            .found()
            .map_or("aws", |caller| caller.partition())
    }

    /// `of account 111122223333`, with all accounts that are read.
    fn of_account(&self) -> String {
        match self.sides.live().read_accounts().collect::<Vec<_>>().as_slice() {
            [] => "of this account".to_owned(),
            [account] => format!("of account {account}"),
            several => format!("of accounts {}", several.join(", ")),
        }
    }

    /// `of account 111122223333`, with the account of a bucket.
    fn of_its_account(&self, bucket: &str) -> String {
        match self.account_of_bucket(bucket) {
            Some(account) => format!("of account {account}"),
            None => self.of_account(),
        }
    }

    /// Whether any step so far is broken.
    fn is_broken(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.verdict, Verdict::Broken(_)))
    }
}

/// The account in an ARN.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}
