//! Paths that the renderers' tests share: made by hand, since a renderer has to show any path, also one that no walk
//! makes yet.

use super::TraceDocument;
use crate::finding::Severity;
use crate::plan::Read;
use crate::serving::trace::{Break, Side, Station, Step, Touched, Trace, Verdict, Visitor};

const HOST: &str = "www.example.com";
const BUCKET: &str = "www-example-com-site";

/// A document and what it is made of.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) state: Option<Trace>,
    pub(super) live: Trace,
    pub(super) calls: u64,
}

impl Sample {
    pub(super) fn document(&self) -> TraceDocument<'_> {
        TraceDocument {
            host: &self.host,
            path: &self.path,
            state: self.state.as_ref(),
            live: &self.live,
            calls: self.calls,
        }
    }
}

fn sample(name: &'static str, state: Trace, live: Trace, calls: u64) -> Sample {
    Sample {
        name,
        host: live.host.clone(),
        path: live.path.clone(),
        state: Some(state),
        live,
        calls,
    }
}

/// A good step without evidence.
pub(super) fn step(depth: usize, station: Station, title: &str) -> Step {
    Step {
        station,
        title: title.to_owned(),
        evidence: Vec::new(),
        verdict: Verdict::Good,
        touched: Vec::new(),
        depth,
    }
}

/// A path that touches nothing.
pub(super) fn trace(side: Side, steps: Vec<Step>, visitor: Visitor) -> Trace {
    Trace {
        side,
        host: HOST.to_owned(),
        path: "/".to_owned(),
        steps,
        visitor,
        needs: Vec::new(),
        failed: Vec::new(),
        objects: Vec::new(),
        distribution: None,
        served_from: Vec::new(),
    }
}

impl Step {
    fn rests_on(mut self, lines: &[&str]) -> Self {
        self.evidence = lines.iter().map(|line| (*line).to_owned()).collect();
        self
    }

    pub(super) fn touches(mut self, terraform_type: &'static str, id: &str) -> Self {
        self.touched.push(Touched {
            terraform_type,
            id: id.to_owned(),
        });
        self
    }

    fn remark(mut self, text: &str) -> Self {
        self.verdict = Verdict::Remark(text.to_owned());
        self
    }

    fn cannot_tell(mut self, why: &str) -> Self {
        self.verdict = Verdict::CannotTell(why.to_owned());
        self
    }

    fn broken(mut self, rule: &'static str, severity: Severity, title: &str, detail: &str) -> Self {
        self.verdict = Verdict::Broken(Break {
            rule,
            severity,
            title: title.to_owned(),
            detail: detail.to_owned(),
            at: self.touched.first().cloned(),
        });
        self
    }
}

fn page(status: u16, key: &str) -> Visitor {
    Visitor::Page {
        status,
        bucket: BUCKET.to_owned(),
        key: key.to_owned(),
    }
}

/// The steps of a site that serves, up to its behaviour.
fn to_behaviour() -> Vec<Step> {
    vec![
        step(0, Station::Zone, "example.com (Z0123456789ABCDEFGHIJ)")
            .rests_on(&["delegated to by ns-1.awsdns-01.org and 3 more"])
            .touches("aws_route53_zone", "Z0123456789ABCDEFGHIJ"),
        step(
            0,
            Station::Record,
            "A alias www.example.com -> d111111abcdef8.cloudfront.net",
        )
        .touches("aws_route53_record", "Z0123456789ABCDEFGHIJ_www.example.com_A"),
        step(0, Station::Distribution, "E2QWRUHAPOMQZL, by its alias www.example.com")
            .rests_on(&["enabled, deployed"])
            .touches("aws_cloudfront_distribution", "E2QWRUHAPOMQZL"),
        step(
            0,
            Station::Certificate,
            "covers www.example.com by *.example.com until 2027-03-01",
        ),
        step(
            0,
            Station::Behaviour,
            "default (*) for /index.html, the default root object",
        ),
    ]
}

/// The steps from the origin on.
fn from_origin(origin_path: &str) -> Vec<Step> {
    let origin = format!("site: {BUCKET}.s3.eu-west-2.amazonaws.com{origin_path}");
    let object = format!("{}/index.html", origin_path.trim_start_matches('/'));
    vec![
        step(0, Station::Origin, &origin)
            .rests_on(&["origin access control E1MADEUPOAC000, signs always"])
            .touches("aws_cloudfront_distribution", "E2QWRUHAPOMQZL"),
        step(0, Station::Bucket, &format!("{BUCKET} in eu-west-2")).touches("aws_s3_bucket", BUCKET),
        step(0, Station::Access, "the distribution may read every object")
            .rests_on(&["statement AllowCloudFront allows s3:GetObject on arn:aws:s3:::www-example-com-site/*"])
            .touches("aws_s3_bucket_policy", BUCKET),
        step(0, Station::Object, object.trim_start_matches('/')),
    ]
}

fn serving(side: Side, origin_path: &str) -> Trace {
    let mut steps = to_behaviour();
    steps.extend(from_origin(origin_path));
    let key = format!("{}/index.html", origin_path.trim_start_matches('/'));
    Trace {
        objects: vec![(BUCKET.to_owned(), key.clone())],
        distribution: Some("E2QWRUHAPOMQZL".to_owned()),
        served_from: vec![(BUCKET.to_owned(), origin_path.trim_start_matches('/').to_owned())],
        ..trace(side, steps, page(200, &key))
    }
}

/// All of them.
pub(super) fn all() -> Vec<Sample> {
    vec![
        healthy(),
        bucket_policy(),
        origin_path(),
        redirect(),
        weighted(),
        failover(),
        private(),
        maintenance(),
        unresolved(),
        no_state(),
        state_alone_broken(),
        hostile(),
    ]
}

pub(super) fn healthy() -> Sample {
    let mut state = serving(Side::State, "/0.78.1");
    // What a step rests on may differ where the sides agree.
    state.steps[0].evidence.clear();
    state.steps[2].evidence = vec!["enabled".to_owned()];
    sample("healthy", state, serving(Side::Live, "/0.78.1"), 9)
}

/// The policy was edited in the console; a later object is gone too.
pub(super) fn bucket_policy() -> Sample {
    let mut live = serving(Side::Live, "/0.78.1");
    live.steps[7] = live.steps[7]
        .clone()
        .rests_on(&[
            "no statement allows cloudfront.amazonaws.com s3:GetObject",
            "statement AllowCloudFront asks for AWS:SourceArn arn:aws:cloudfront::111122223333:distribution/EOTHER",
        ])
        .broken(
            "bucket-denies-cloudfront",
            Severity::Critical,
            "The bucket policy does not let the distribution read",
            "Every request that CloudFront has not cached is answered with 403. Allow \
             arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL in the statement AllowCloudFront.",
        );
    live.steps[8] = live.steps[8].clone().rests_on(&["HeadObject: 404"]).broken(
        "root-object-missing",
        Severity::High,
        "The default root object does not exist",
        "Upload 0.78.1/index.html.",
    );
    live.visitor = Visitor::Error {
        status: 403,
        why: "S3 denies the read".to_owned(),
    };
    sample("broken at the bucket policy", serving(Side::State, "/0.78.1"), live, 11)
}

/// A deployment set an origin path that was never built in this bucket.
pub(super) fn origin_path() -> Sample {
    let mut live = serving(Side::Live, "/0.78.2");
    live.steps[5] = live.steps[5].clone().broken(
        "origin-path-empty",
        Severity::Critical,
        "Nothing is stored under the origin path",
        "The bucket www-example-com-site holds no object under 0.78.2/.",
    );
    live.steps[8] = live.steps[8]
        .clone()
        .cannot_tell("s3:ListBucket is denied: 403 for a missing object too");
    live.visitor = Visitor::Error {
        status: 403,
        why: "there is no such object, and S3 tells nobody who may not list".to_owned(),
    };
    let mut state = serving(Side::State, "/0.78.1");
    state.steps[8] = state.steps[8].clone().cannot_tell("a state holds no objects");
    state.visitor = Visitor::Unknown {
        why: "a state holds no objects".to_owned(),
    };
    sample("the origin path differs", state, live, 10)
}

/// The apex redirects to www, through a website bucket.
pub(super) fn redirect() -> Sample {
    let of = |side| {
        let mut steps = vec![
            step(0, Station::Zone, "example.com (Z0123456789ABCDEFGHIJ)"),
            step(
                0,
                Station::Record,
                "A alias example.com -> s3-website.eu-west-2.amazonaws.com",
            ),
            step(
                0,
                Station::Bucket,
                "example.com, redirects all requests to https://www.example.com",
            )
            .remark("plain HTTP only: a website endpoint has no certificate"),
        ];
        let target = to_behaviour().into_iter().chain(from_origin("/0.78.1"));
        steps.extend(target.map(|step| Step {
            depth: step.depth + 1,
            ..step
        }));
        Trace {
            host: "example.com".to_owned(),
            path: "/docs?q=1".to_owned(),
            ..trace(
                side,
                steps,
                Visitor::Redirect {
                    status: 301,
                    to: "https://www.example.com/docs".to_owned(),
                },
            )
        }
    };
    sample("a redirect bucket", of(Side::State), of(Side::Live), 12)
}

/// One of three members leads to a distribution that does not know the host.
pub(super) fn weighted() -> Sample {
    let member = |share: &str, target: &str| step(1, Station::Record, &format!("{share} -> {target}"));
    let distribution = |id: &str| step(2, Station::Distribution, &format!("{id}, by its alias {HOST}"));
    let of = |side, members: Vec<Step>| {
        let mut steps = vec![
            step(0, Station::Zone, "example.com (Z0123456789ABCDEFGHIJ)"),
            step(0, Station::Record, "weighted group of A records for www.example.com"),
        ];
        steps.extend(members);
        steps.push(step(0, Station::Object, "0.78.1/index.html"));
        trace(side, steps, page(200, "0.78.1/index.html"))
    };
    let state = of(
        Side::State,
        vec![
            member("blue, 50 %", "d111111abcdef8.cloudfront.net"),
            distribution("E2QWRUHAPOMQZL"),
            member("green, 50 %", "d222222abcdef8.cloudfront.net"),
            distribution("E3GREEN0000000"),
        ],
    );
    let live = of(
        Side::Live,
        vec![
            member("canary, 20 %", "d333333abcdef8.cloudfront.net"),
            distribution("E3CANARY000000")
                .rests_on(&["aliases: canary.example.com"])
                .broken(
                    "host-not-aliased",
                    Severity::Critical,
                    "The distribution has no alias for the host",
                    "One visitor in five gets 403.",
                ),
            member("blue, 40 %", "d111111abcdef8.cloudfront.net"),
            distribution("E2QWRUHAPOMQZL"),
            member("green, 40 %", "d222222abcdef8.cloudfront.net"),
            distribution("E3GREEN0000000"),
        ],
    );
    sample("weighted records with one wrong member", state, live, 8)
}

/// The primary origin is gone and the secondary hides it.
pub(super) fn failover() -> Sample {
    let member = |place: &str, bucket: &str| {
        vec![
            step(
                1,
                Station::Origin,
                &format!("{place}: {bucket}.s3.eu-west-2.amazonaws.com"),
            ),
            step(1, Station::Bucket, &format!("{bucket} in eu-west-2")).touches("aws_s3_bucket", bucket),
            step(1, Station::Object, &format!("index.html in {bucket}")),
        ]
    };
    let steps = || {
        let mut steps = to_behaviour();
        steps.push(step(
            0,
            Station::Origin,
            "group site: fails over on 500, 502, 503, 504, 403, 404",
        ));
        steps.extend(member("primary", BUCKET));
        steps.extend(member("secondary", "www-example-com-copy"));
        steps
    };
    let from_copy = Visitor::Page {
        status: 200,
        bucket: "www-example-com-copy".to_owned(),
        key: "index.html".to_owned(),
    };
    let mut broken = steps();
    broken[7] = broken[7].clone().rests_on(&["s3:HeadBucket: 404 NoSuchBucket"]).broken(
        "origin-bucket-missing",
        Severity::Critical,
        "The bucket of the primary origin does not exist",
        "Anybody can create a bucket of this name and serve under this host.",
    );
    broken.remove(8);
    broken[5] = broken[5].clone().remark("the secondary origin answers for the primary");
    sample(
        "a failover origin",
        trace(Side::State, steps(), page(200, "index.html")),
        trace(Side::Live, broken, from_copy),
        1,
    )
}

pub(super) fn private() -> Sample {
    let of = |side| {
        let mut steps = to_behaviour();
        steps[4] = step(
            0,
            Station::Behaviour,
            "/members/* asks for signatures of key group members",
        )
        .remark("only signed URLs and cookies are admitted");
        Trace {
            path: "/members/".to_owned(),
            ..trace(side, steps, Visitor::Private)
        }
    };
    sample("a private behaviour", of(Side::State), of(Side::Live), 5)
}

/// A maintenance page that only live has, and a state that cannot be followed to the end.
pub(super) fn maintenance() -> Sample {
    let state = serving(Side::State, "/0.78.1");
    let mut live = serving(Side::Live, "/0.78.1");
    live.steps.truncate(8);
    live.steps[7] = live.steps[7].clone().broken(
        "bucket-denies-cloudfront",
        Severity::High,
        "A statement denies every read",
        "",
    );
    live.steps.push(
        step(
            0,
            Station::ErrorResponse,
            "403 is answered with 503 and /maintenance.html",
        )
        .remark("not in the state: somebody switched it on by hand"),
    );
    live.steps.push(step(1, Station::Behaviour, "/maintenance.html"));
    live.steps.push(step(1, Station::Object, "maintenance.html"));
    live.visitor = page(503, "maintenance.html");
    sample("a maintenance page", state, live, 13)
}

pub(super) fn unresolved() -> Sample {
    let mut live = trace(
        Side::Live,
        vec![
            step(0, Station::Zone, "example.com (Z0123456789ABCDEFGHIJ)"),
            step(0, Station::Record, "old.example.com has no record").broken(
                "host-does-not-resolve",
                Severity::Critical,
                "old.example.com has no record",
                "Add a record, or remove the alias from the distribution.",
            ),
        ],
        Visitor::NoAnswer {
            why: "old.example.com does not resolve".to_owned(),
        },
    );
    live.host = "old.example.com".to_owned();
    let mut state = serving(Side::State, "/old");
    state.host = "old.example.com".to_owned();
    sample("a host that does not resolve", state, live, 2)
}

/// No state knows the host, and not all could be read.
pub(super) fn no_state() -> Sample {
    let mut live = serving(Side::Live, "/0.78.1");
    live.steps[8] = live.steps[8]
        .clone()
        .cannot_tell("no answer to HeadObject was recorded");
    live.needs = vec![
        Read::Object {
            bucket: BUCKET.to_owned(),
            key: "0.78.1/index.html".to_owned(),
        },
        Read::Buckets,
    ];
    live.visitor = Visitor::Unknown {
        why: "no answer to HeadObject was recorded".to_owned(),
    };
    Sample {
        state: None,
        ..sample("no state", serving(Side::State, ""), live, 0)
    }
}

/// The next apply will break what serves now.
pub(super) fn state_alone_broken() -> Sample {
    let mut state = serving(Side::State, "/0.78.1");
    state.steps[2] = step(0, Station::Distribution, "E2QWRUHAPOMQZL, disabled").broken(
        "distribution-disabled",
        Severity::High,
        "The state has the distribution disabled",
        "The next apply takes the host down.",
    );
    state.visitor = Visitor::NoAnswer {
        why: "the distribution is disabled".to_owned(),
    };
    sample("broken in the state alone", state, serving(Side::Live, "/0.78.1"), 9)
}

/// Text that tries everything.
pub(super) const HOSTILE: &str = "a\u{1b}[2J\u{1b}]0;owned\u{7}\r\nVisitors get 200\n::error::x \u{202e}gpj\u{9b}1m\u{200b}##[group] \
     \"];evil-->|x|y{{`code`}} <img src=x onerror=alert(1)> #quot; **b** [l](https://www.example.org) %%{init}%% end";

pub(super) fn hostile() -> Sample {
    let of = |side, more: &str| {
        let text = format!("{HOSTILE}{more}");
        let steps = vec![
            step(0, Station::Zone, HOSTILE)
                .rests_on(&[HOSTILE, &text])
                .touches("aws_route53_zone", HOSTILE),
            step(7, Station::Record, &text)
                .remark(&format!("{text}!"))
                .rests_on(&[HOSTILE]),
            step(3, Station::Record, &text).cannot_tell(HOSTILE),
            step(usize::MAX, Station::Bucket, HOSTILE)
                .touches("aws_s3_bucket", HOSTILE)
                .rests_on(&[HOSTILE, "", " "])
                .broken("origin-bucket-missing", Severity::Critical, &text, HOSTILE),
            step(0, Station::Visitor, "").broken("host-not-aliased", Severity::Info, "", ""),
        ];
        Trace {
            host: HOSTILE.to_owned(),
            path: format!("/{HOSTILE}"),
            ..trace(
                side,
                steps,
                Visitor::Redirect {
                    status: 301,
                    to: text.clone(),
                },
            )
        }
    };
    sample("hostile texts", of(Side::State, ""), of(Side::Live, " live"), u64::MAX)
}
