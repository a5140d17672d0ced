//! What the name is that a record leads to.

use serde::Serialize;

use crate::canon::dns;
use crate::inventory::AliasTarget;
use crate::serving::origin_domain::{Form, OriginDomain};

/// The zone id of every CloudFront distribution as an alias target (Route 53 API, AliasTarget).
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";
/// The same in the China partition, as the provider has it.
const CLOUDFRONT_CHINA_ZONE: &str = "Z3RFFRIM2A3IF5";

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Target {
    /// `dXXXX.cloudfront.net`. Which distribution answers is decided by the host name, not by this.
    CloudFront { domain: String },
    /// `*.cloudfront.cn`: the China partition, for which the rules are not confirmed.
    CloudFrontChina { domain: String },
    /// A website endpoint of S3. S3 takes the bucket from the `Host` header: it must have the record's name, whatever
    /// bucket `endpoint` names.
    S3Website { endpoint: String, region: Option<String> },
    /// A REST endpoint of S3; the same holds.
    S3Rest { endpoint: String, region: Option<String> },
    /// Addresses that the record holds.
    Addresses { values: Vec<String> },
    /// Anything else: a load balancer, another provider's name, or an alias whose zone id contradicts its name.
    Other {
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        hosted_zone_id: Option<String>,
    },
}

impl Target {
    /// The target of an alias to something outside its own zone. The name says what it is; a zone id that is known to
    /// belong elsewhere makes it [`Target::Other`], and an unknown or empty one (a state that holds none) is accepted.
    pub fn of_alias(alias: &AliasTarget) -> Target {
        let name = dns::name(&alias.dns_name);
        let id = zone_id(&alias.hosted_zone_id);
        match Target::of_name(&name) {
            Some(target) if target.may_stand_under(id) => target,
            _ => Target::Other {
                name,
                hosted_zone_id: (!id.is_empty()).then(|| id.to_owned()),
            },
        }
    }

    /// The target that a name (of a CNAME, or of an alias) is by itself; `None` for names outside CloudFront and S3.
    pub fn of_name(name: &str) -> Option<Target> {
        let domain = dns::name(name);
        if domain.ends_with(".cloudfront.net") {
            return Some(Target::CloudFront { domain });
        }
        if domain.ends_with(".cloudfront.cn") {
            return Some(Target::CloudFrontChina { domain });
        }
        let read = OriginDomain::parse(&domain);
        match read.form {
            Form::Website | Form::WebsiteBare => Some(Target::S3Website {
                endpoint: domain,
                region: read.region,
            }),
            form if form.is_rest() || matches!(form, Form::PathStyle | Form::PathStyleGlobal) => Some(Target::S3Rest {
                endpoint: domain,
                region: read.region,
            }),
            _ => None,
        }
    }

    fn may_stand_under(&self, zone_id: &str) -> bool {
        let website = website_region(zone_id);
        let known = website.is_some() || [CLOUDFRONT_ZONE, CLOUDFRONT_CHINA_ZONE].contains(&zone_id);
        match self {
            _ if !known => true,
            Target::CloudFront { .. } => zone_id == CLOUDFRONT_ZONE,
            Target::CloudFrontChina { .. } => zone_id == CLOUDFRONT_CHINA_ZONE,
            Target::S3Website { region, .. } => website == region.as_deref(),
            _ => false,
        }
    }
}

/// The region whose S3 website endpoints are aliased under this zone id.
pub fn website_region(hosted_zone_id: &str) -> Option<&'static str> {
    WEBSITE_ZONES
        .iter()
        .find(|(_, id)| *id == hosted_zone_id)
        .map(|(region, _)| *region)
}

/// A zone id without `/hostedzone/`.
pub(super) fn zone_id(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Regions and the zone id under which Route 53 aliases their S3 website endpoints (AWS General Reference, "Amazon S3
/// website endpoints"; hashicorp/aws holds the same). An id missing here is accepted with any S3 name.
pub const WEBSITE_ZONES: [(&str, &str); 34] = [
    ("af-south-1", "Z83WF9RJE8B12"),
    ("ap-east-1", "ZNB98KWMFR0R6"),
    ("ap-northeast-1", "Z2M4EHUR26P7ZW"),
    ("ap-northeast-2", "Z3W03O7B5YMIYP"),
    ("ap-northeast-3", "Z2YQB5RD63NC85"),
    ("ap-south-1", "Z11RGJOFQNVJUP"),
    ("ap-south-2", "Z02976202B4EZMXIPMXF7"),
    ("ap-southeast-1", "Z3O0J2DXBE1FTB"),
    ("ap-southeast-2", "Z1WCIGYICN2BYD"),
    ("ap-southeast-3", "Z01846753K324LI26A3VV"),
    ("ap-southeast-4", "Z0312387243XT5FE14WFO"),
    ("ap-southeast-5", "Z08660063OXLMA7F1FJHU"),
    ("ca-central-1", "Z1QDHH18159H29"),
    ("ca-west-1", "Z03565811Z33SLEZTHOUL"),
    ("cn-north-1", "Z5CN8UMXT92WN"),
    ("cn-northwest-1", "Z282HJ1KT0DH03"),
    ("eu-central-1", "Z21DNDUVLTQW6Q"),
    ("eu-central-2", "Z030506016YDQGETNASS"),
    ("eu-north-1", "Z3BAZG2TWCNX0D"),
    ("eu-south-1", "Z30OZKI7KPW7MI"),
    ("eu-south-2", "Z0081959F7139GRJC19J"),
    ("eu-west-1", "Z1BKCTXD74EZPE"),
    ("eu-west-2", "Z3GKZC51ZF0DB4"),
    ("eu-west-3", "Z3R1K369G5AVDG"),
    ("il-central-1", "Z09640613K4A3MN55U7GU"),
    ("me-central-1", "Z06143092I8HRXZRUZROF"),
    ("me-south-1", "Z1MPMWCPA7YB62"),
    ("sa-east-1", "Z7KQH4QJS55SO"),
    ("us-east-1", "Z3AQBSTGFYJSTF"),
    ("us-east-2", "Z2O1EMRO9K5GLX"),
    ("us-gov-east-1", "Z2NIFVYYW2VKV1"),
    ("us-gov-west-1", "Z31GFT0UA1I2HV"),
    ("us-west-1", "Z2F56UZL2M1ACD"),
    ("us-west-2", "Z3BJ6K6RIION7M"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn alias(name: &str, id: &str) -> Target {
        Target::of_alias(&AliasTarget {
            dns_name: name.to_owned(),
            hosted_zone_id: id.to_owned(),
            evaluate_target_health: false,
        })
    }

    #[test]
    fn aliases_are_read_by_name_and_checked_by_zone_id() {
        let cloudfront = Target::CloudFront {
            domain: "d1.cloudfront.net".to_owned(),
        };
        assert_eq!(alias("D1.cloudfront.net.", "Z2FDTNDATAQYW2"), cloudfront);
        assert_eq!(alias("d1.cloudfront.net.", "/hostedzone/Z2FDTNDATAQYW2"), cloudfront);
        assert_eq!(alias("d1.cloudfront.net", ""), cloudfront);
        let website = |endpoint: &str, region: &str| Target::S3Website {
            endpoint: endpoint.to_owned(),
            region: Some(region.to_owned()),
        };
        let (dash, dot) = (
            "s3-website-us-east-1.amazonaws.com",
            "s3-website.eu-central-1.amazonaws.com",
        );
        assert_eq!(alias(&format!("{dash}."), "Z3AQBSTGFYJSTF"), website(dash, "us-east-1"));
        assert_eq!(alias(dot, "Z21DNDUVLTQW6Q"), website(dot, "eu-central-1"));
        for (name, id) in [
            ("d1.cloudfront.net", "Z3AQBSTGFYJSTF"),
            (dot, "Z3AQBSTGFYJSTF"),
            (dash, "Z2FDTNDATAQYW2"),
            ("lb-1.eu-west-1.elb.amazonaws.com", "Z32O12XQLNTSW2"),
            ("d1.cloudfront.cn", "Z2FDTNDATAQYW2"),
        ] {
            let other = Target::Other {
                name: name.to_owned(),
                hosted_zone_id: Some(id.to_owned()),
            };
            assert_eq!(alias(name, id), other);
        }
        let china = Target::CloudFrontChina {
            domain: "d1.cloudfront.cn".to_owned(),
        };
        assert_eq!(alias("d1.cloudfront.cn", "Z3RFFRIM2A3IF5"), china);
    }

    #[test]
    fn names_of_cnames() {
        let endpoint = "www.example.com.s3.eu-west-1.amazonaws.com".to_owned();
        let rest = Target::S3Rest {
            endpoint: endpoint.clone(),
            region: Some("eu-west-1".to_owned()),
        };
        assert_eq!(Target::of_name(&endpoint), Some(rest));
        for outside in [
            "www.example.org",
            "cloudfront.net",
            "notcloudfront.net",
            "x.elb.amazonaws.com",
            "",
        ] {
            assert_eq!(Target::of_name(outside), None, "{outside}");
        }
    }

    #[test]
    fn every_zone_id_stands_for_one_region() {
        let mut ids: Vec<&str> = WEBSITE_ZONES.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), WEBSITE_ZONES.len());
        assert!(WEBSITE_ZONES.is_sorted());
        for (region, id) in WEBSITE_ZONES {
            assert_eq!(website_region(id), Some(region));
            assert!(
                crate::serving::origin_domain::partition_of_region(region).is_some(),
                "{region}"
            );
        }
    }
}
