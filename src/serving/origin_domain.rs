//! Bucket and region out of an origin's domain name.
//!
//! The name is read from its right end: partition suffix, then the form of the S3 endpoint; what is left of both is
//! the bucket, dots included (S3 user guide, "Virtual hosting of buckets", "Website endpoints"; suffixes and region
//! patterns: botocore's partition table). A region counts only if it fits the suffix's partition, otherwise a bucket
//! with dots in its name could be cut in the wrong place.

use serde::Serialize;

/// What an origin's domain name says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OriginDomain {
    /// The domain in lower case without the trailing dot.
    pub domain: String,
    pub form: Form,
    /// What stands left of the endpoint. For access points this is not a bucket's name: see [`OriginDomain::bucket`].
    pub name: Option<String>,
    /// The region that the name states. `None` for endpoints without one: the bucket itself has to be asked.
    pub region: Option<String>,
    /// `aws`, `aws-cn`, `aws-us-gov` …; the region decides, since GovCloud shares the suffix of the standard
    /// partition. `None` outside AWS.
    pub partition: Option<&'static str>,
}

/// The kinds of domain that an origin, or the target of a CNAME, may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// `BUCKET.s3.REGION`, `BUCKET.s3.dualstack.REGION`, `BUCKET.s3-fips.REGION`.
    Rest { dualstack: bool, fips: bool },
    /// `BUCKET.s3-REGION`: older regions only.
    RestDash,
    /// `BUCKET.s3`: answered from the bucket's own region only if that is an older one (see
    /// [`global_endpoint_reaches`]).
    RestGlobal,
    /// `BUCKET.s3-external-1`, which is us-east-1.
    RestExternal,
    /// `BUCKET.s3-website.REGION` or `BUCKET.s3-website-REGION`: plain HTTP, anonymous reads.
    Website,
    /// `s3-website.REGION` alone, the target of a DNS alias: S3 takes the bucket from the `Host` header.
    WebsiteBare,
    /// `s3.REGION` or `s3-REGION` alone: the bucket would be the first segment of the path. Not usable as an origin.
    PathStyle,
    /// `s3` alone.
    PathStyleGlobal,
    /// `BUCKET.s3-accelerate`: CloudFront does not allow it as an origin.
    Accelerate,
    /// An access point's alias (`…-s3alias`, `…--ol-s3`) in the place of a bucket.
    AccessPointAlias,
    /// `….s3-accesspoint.REGION`, `….s3-object-lambda.REGION` or `….s3-outposts.REGION`.
    AccessPoint,
    /// `….accesspoint.s3-global`.
    MultiRegionAccessPoint,
    /// `…--x-s3.s3express-AZ.REGION`.
    DirectoryBucket,
    /// Some other name of AWS: a load balancer, API Gateway, a function URL …
    AwsOther,
    /// `*.cloudfront.net` or `*.cloudfront.cn`: one distribution behind another.
    CloudFront,
    /// Any other name.
    Custom,
}

impl OriginDomain {
    /// Reads a domain name. Never fails: what is not understood is [`Form::AwsOther`] or [`Form::Custom`].
    pub fn parse(domain: &str) -> OriginDomain {
        let domain = domain.strip_suffix('.').unwrap_or(domain).to_ascii_lowercase();
        if [".cloudfront.net", ".cloudfront.cn"]
            .iter()
            .any(|end| domain.ends_with(end))
        {
            return OriginDomain {
                domain,
                form: Form::CloudFront,
                name: None,
                region: None,
                partition: None,
            };
        }
        let suffix = SUFFIXES.iter().find_map(|suffix| {
            let rest = domain.strip_suffix(suffix.text)?;
            Some((suffix, rest.strip_suffix('.')?))
        });
        let Some((suffix, rest)) = suffix else {
            return OriginDomain {
                domain,
                form: Form::Custom,
                name: None,
                region: None,
                partition: None,
            };
        };
        let labels: Vec<&str> = rest.split('.').collect();
        let read = endpoint(&labels, suffix).filter(|_| labels.iter().all(|label| !label.is_empty()));
        let (form, name, region) = match read {
            Some((form, left, region)) => (form, (left > 0).then(|| labels[..left].join(".")), region),
            None => (Form::AwsOther, None, None),
        };
        let stated = region.as_deref().or(labels.last().copied());
        let partition = stated
            .and_then(|region| suffix.partition_of(region))
            .unwrap_or(&suffix.partitions[0]);
        OriginDomain {
            form,
            name,
            region,
            partition: Some(partition.0),
            domain,
        }
    }

    /// The bucket's name, where the form names one.
    pub fn bucket(&self) -> Option<&str> {
        self.name.as_deref().filter(|_| self.form.names_bucket())
    }

    /// Whether S3 answers there, in whatever form.
    pub fn is_s3(&self) -> bool {
        !matches!(self.form, Form::AwsOther | Form::CloudFront | Form::Custom)
    }
}

impl Form {
    /// Whether what stands left of the endpoint is a bucket's own name.
    pub fn names_bucket(self) -> bool {
        self.is_rest() || matches!(self, Form::Website | Form::Accelerate | Form::DirectoryBucket)
    }

    /// Whether this is a REST endpoint of a bucket, so that CloudFront can sign its requests.
    pub fn is_rest(self) -> bool {
        matches!(
            self,
            Form::Rest { .. } | Form::RestDash | Form::RestGlobal | Form::RestExternal
        )
    }

    /// Whether this is a website endpoint: HTTP only, index documents and redirects apply.
    pub fn is_website(self) -> bool {
        matches!(self, Form::Website | Form::WebsiteBare)
    }

    /// Whether CloudFront refuses it or S3 cannot answer for it as an origin (break S22 of the catalogue).
    pub fn is_unusable_origin(self) -> bool {
        matches!(
            self,
            Form::PathStyle | Form::PathStyleGlobal | Form::Accelerate | Form::WebsiteBare
        )
    }
}

/// Whether `BUCKET.s3.amazonaws.com` leads to a bucket of this region. Regions launched after 20 March 2019 answer 400
/// there (S3 user guide, "Legacy global endpoint"); other partitions cannot be reached through it at all.
pub fn global_endpoint_reaches(region: &str) -> bool {
    const OLDER: [&str; 17] = [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ];
    OLDER.contains(&region)
}

/// The partition (`aws`, `aws-cn` …) that a region belongs to by its name.
pub fn partition_of_region(region: &str) -> Option<&'static str> {
    SUFFIXES
        .iter()
        .find_map(|suffix| suffix.partition_of(region))
        .map(|partition| partition.0)
}

/// A partition's name and, per first label of its regions, what comes before `-NAME-NUMBER`.
type Partition = (&'static str, &'static [&'static str]);

struct Suffix {
    text: &'static str,
    /// The first one owns endpoints without a region.
    partitions: &'static [Partition],
}

static SUFFIXES: [Suffix; 7] = [
    Suffix {
        text: "amazonaws.com",
        partitions: &[
            ("aws", &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"]),
            ("aws-us-gov", &["us-gov"]),
        ],
    },
    Suffix {
        text: "amazonaws.com.cn",
        partitions: &[("aws-cn", &["cn"])],
    },
    Suffix {
        text: "amazonaws.eu",
        partitions: &[("aws-eusc", &["eusc-de"])],
    },
    Suffix {
        text: "c2s.ic.gov",
        partitions: &[("aws-iso", &["us-iso"])],
    },
    Suffix {
        text: "sc2s.sgov.gov",
        partitions: &[("aws-iso-b", &["us-isob"])],
    },
    Suffix {
        text: "cloud.adc-e.uk",
        partitions: &[("aws-iso-e", &["eu-isoe"])],
    },
    Suffix {
        text: "csp.hci.ic.gov",
        partitions: &[("aws-iso-f", &["us-isof"])],
    },
];

impl Suffix {
    fn partition_of(&self, region: &str) -> Option<&'static Partition> {
        self.partitions
            .iter()
            .find(|(_, areas)| areas.iter().any(|area| fits(region, area)))
    }

    fn region(&self, text: &str) -> Option<String> {
        self.partition_of(text).map(|_| text.to_owned())
    }
}

/// `AREA-WORD-DIGITS`.
fn fits(region: &str, area: &str) -> bool {
    let Some(rest) = region.strip_prefix(area).and_then(|rest| rest.strip_prefix('-')) else {
        return false;
    };
    let Some((word, number)) = rest.split_once('-') else {
        return false;
    };
    !word.is_empty()
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// The form, how many labels stand left of the endpoint, and the region.
fn endpoint(labels: &[&str], suffix: &Suffix) -> Option<(Form, usize, Option<String>)> {
    let (last, before) = labels.split_last()?;
    let n = before.len();
    match *last {
        "s3" => return Some((bucket_form(before, Form::RestGlobal, Form::PathStyleGlobal), n, None)),
        "s3-external-1" => {
            return Some((
                bucket_form(before, Form::RestExternal, Form::PathStyle),
                n,
                Some("us-east-1".to_owned()),
            ));
        }
        "s3-accelerate" => return Some((Form::Accelerate, n, None)),
        "dualstack" if before.last() == Some(&"s3-accelerate") => return Some((Form::Accelerate, n - 1, None)),
        "s3-global" if before.last() == Some(&"accesspoint") => {
            return Some((Form::MultiRegionAccessPoint, n - 1, None));
        }
        _ => {}
    }
    if let Some(region) = last.strip_prefix("s3-website-").and_then(|text| suffix.region(text)) {
        return Some((bucket_form(before, Form::Website, Form::WebsiteBare), n, Some(region)));
    }
    let dashed = last.strip_prefix("s3-fips-").or_else(|| last.strip_prefix("s3-"));
    if let Some(region) = dashed.and_then(|text| suffix.region(text)) {
        return Some((bucket_form(before, Form::RestDash, Form::PathStyle), n, Some(region)));
    }
    let region = suffix.region(last)?;
    let (service, dualstack) = match before {
        [.., service, "dualstack"] => (*service, true),
        [.., service] => (*service, false),
        [] => return None,
    };
    let left = n - 1 - usize::from(dualstack);
    let named = &labels[..left];
    let form = match service {
        "s3" | "s3-fips" => bucket_form(
            named,
            Form::Rest {
                dualstack,
                fips: service == "s3-fips",
            },
            Form::PathStyle,
        ),
        "s3-website" if !dualstack => bucket_form(named, Form::Website, Form::WebsiteBare),
        "s3-accesspoint" | "s3-accesspoint-fips" | "s3-object-lambda" | "s3-object-lambda-fips" | "s3-outposts" => {
            Form::AccessPoint
        }
        zone if zone.starts_with("s3express-") => Form::DirectoryBucket,
        _ => return None,
    };
    Some((form, left, Some(region)))
}

/// `with` a bucket's name on the left, `alone` without. Names that end as no bucket may are aliases of access points
/// (S3 user guide, "Bucket naming rules", reserved suffixes).
fn bucket_form(left: &[&str], with: Form, alone: Form) -> Form {
    match left.last() {
        None => alone,
        Some(name) if ["-s3alias", "--ol-s3", "--xa-s3"].iter().any(|end| name.ends_with(end)) => {
            Form::AccessPointAlias
        }
        Some(_) => with,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn form_in_vectors(form: Form) -> &'static str {
        match form {
            Form::Rest { .. } => "rest",
            Form::RestDash => "rest-dash",
            Form::RestGlobal => "rest-global",
            Form::RestExternal => "rest-external",
            Form::Website => "website",
            Form::WebsiteBare => "website-bare",
            Form::PathStyle => "path",
            Form::PathStyleGlobal => "path-global",
            Form::Accelerate => "accelerate",
            Form::AccessPointAlias => "accesspoint-alias",
            Form::AccessPoint => "accesspoint",
            Form::MultiRegionAccessPoint => "mrap",
            Form::DirectoryBucket => "directory-bucket",
            Form::AwsOther => "aws-other",
            Form::CloudFront => "cloudfront",
            Form::Custom => "not-aws",
        }
    }

    #[test]
    fn vectors() {
        let cases: Vec<Value> = serde_json::from_str(include_str!("../../fixtures/vectors/origin_cases.json")).unwrap();
        assert_eq!(cases.len(), 27);
        let mut failing = Vec::new();
        for case in &cases {
            let read = OriginDomain::parse(case["domain"].as_str().unwrap());
            let found = serde_json::json!({
                "domain": case["domain"],
                "form": form_in_vectors(read.form),
                "bucket": read.name,
                "region": read.region,
                "partition": read.partition,
            });
            if found != *case {
                failing.push(format!("{found}\n  not {case}"));
            }
        }
        assert!(failing.is_empty(), "{}", failing.join("\n"));
    }

    #[test]
    fn forms_beyond_the_vectors() {
        let rest = |dualstack, fips| Form::Rest { dualstack, fips };
        for (domain, form, name, region) in [
            (
                "a.s3.dualstack.eu-west-1.amazonaws.com",
                rest(true, false),
                Some("a"),
                Some("eu-west-1"),
            ),
            (
                "a.s3-fips.dualstack.us-east-1.amazonaws.com",
                rest(true, true),
                Some("a"),
                Some("us-east-1"),
            ),
            (
                "a.s3-fips-us-gov-west-1.amazonaws.com",
                Form::RestDash,
                Some("a"),
                Some("us-gov-west-1"),
            ),
            (
                "dualstack.s3.eu-west-1.amazonaws.com",
                rest(false, false),
                Some("dualstack"),
                Some("eu-west-1"),
            ),
            (
                "s3.dualstack.eu-west-1.amazonaws.com",
                Form::PathStyle,
                None,
                Some("eu-west-1"),
            ),
            (
                "a.s3-accelerate.dualstack.amazonaws.com",
                Form::Accelerate,
                Some("a"),
                None,
            ),
            (
                "p-1.s3-accesspoint.eu-west-1.amazonaws.com",
                Form::AccessPoint,
                Some("p-1"),
                Some("eu-west-1"),
            ),
            (
                "x--ol-s3.s3.eu-west-1.amazonaws.com",
                Form::AccessPointAlias,
                Some("x--ol-s3"),
                Some("eu-west-1"),
            ),
            (
                "a--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
                Form::DirectoryBucket,
                Some("a--use1-az4--x-s3"),
                Some("us-east-1"),
            ),
            ("d111111abcdef8.cloudfront.net", Form::CloudFront, None, None),
            ("a.s3.cn-north-1.amazonaws.com", Form::AwsOther, None, None),
            (".s3.eu-west-1.amazonaws.com", Form::AwsOther, None, None),
            ("amazonaws.com", Form::Custom, None, None),
            ("site.s3.eu-west-1.notamazonaws.com", Form::Custom, None, None),
            ("", Form::Custom, None, None),
            (".", Form::Custom, None, None),
        ] {
            let read = OriginDomain::parse(domain);
            assert_eq!(
                (read.form, read.name.as_deref(), read.region.as_deref()),
                (form, name, region),
                "{domain}"
            );
        }
    }

    #[test]
    fn only_buckets_are_called_buckets() {
        assert_eq!(
            OriginDomain::parse("site.s3.eu-west-1.amazonaws.com").bucket(),
            Some("site")
        );
        assert_eq!(
            OriginDomain::parse("ap-abcd1234-s3alias.s3.eu-west-1.amazonaws.com").bucket(),
            None
        );
        assert_eq!(
            OriginDomain::parse("p.s3-accesspoint.eu-west-1.amazonaws.com").bucket(),
            None
        );
    }

    #[test]
    fn a_region_says_its_partition() {
        for (region, partition) in [
            ("eu-west-2", Some("aws")),
            ("us-gov-east-1", Some("aws-us-gov")),
            ("cn-north-1", Some("aws-cn")),
            ("us-isob-east-1", Some("aws-iso-b")),
            ("eusc-de-east-1", Some("aws-eusc")),
            ("us-east", None),
            ("global", None),
        ] {
            assert_eq!(partition_of_region(region), partition, "{region}");
        }
        assert!(global_endpoint_reaches("us-west-2") && global_endpoint_reaches("eu-west-3"));
        assert!(!global_endpoint_reaches("eu-south-1") && !global_endpoint_reaches("us-gov-west-1"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,60}") {
            OriginDomain::parse(&text);
        }

        #[test]
        fn any_labels_are_read(text in "((s3|dualstack|eu-west-1|a|s3-website|s3-fips|amazonaws|com|s3-global|)\\.){0,8}amazonaws.com(.cn)?") {
            let read = OriginDomain::parse(&text);
            prop_assert!(read.bucket().is_none_or(|bucket| read.domain.starts_with(bucket)));
        }

        #[test]
        fn a_bucket_comes_back_out_of_its_endpoints(bucket in "[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\\.[a-z0-9]{1,8}){0,2}") {
            for end in ["s3.eu-west-1", "s3.dualstack.eu-west-1", "s3-eu-west-1", "s3-website.eu-west-1", "s3"] {
                let read = OriginDomain::parse(&format!("{bucket}.{end}.amazonaws.com"));
                prop_assert_eq!(read.bucket(), Some(bucket.as_str()));
            }
        }
    }
}
