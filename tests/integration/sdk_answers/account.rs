//! The account's own public access block, and its certificates.

use driftgate::inventory::{Answer, Certificate, PublicAccessBlock, Reason};
use driftgate::plan::Read;
use serde_json::json;

use super::{error, json_error, observe, ok};

const ARN: &str = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012";

#[test]
fn the_public_access_block_is_asked_by_path_with_the_account_in_a_header() {
    let (seen, log) = observe([Read::AccountPublicAccessBlock], |_| {
        ok(
            "<?xml version=\"1.0\"?><PublicAccessBlockConfiguration xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\">\
             <BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>\
             <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
        )
    });
    assert_eq!(
        seen.inventory.account_public_access_block,
        Answer::Found(PublicAccessBlock {
            block_public_acls: true,
            block_public_policy: false,
            ignore_public_acls: false,
            restrict_public_buckets: true,
        })
    );
    assert_eq!(log.lines(), ["GET /v20180820/configuration/publicAccessBlock"]);
    let asked = log.all().pop().expect("a request");
    assert_eq!(asked.account, "111122223333");
    assert_eq!((asked.service.as_str(), asked.region.as_str()), ("s3", "eu-west-2"));
    assert_eq!(seen.calls["s3control:GetPublicAccessBlock"], 1);
}

#[test]
fn no_public_access_block_is_absent_by_its_own_code_only() {
    let see = |status, code: &'static str| {
        let (seen, _) = observe([Read::AccountPublicAccessBlock], move |_| error(status, code));
        seen.inventory.account_public_access_block
    };
    assert_eq!(see(404, "NoSuchPublicAccessBlockConfiguration"), Answer::Absent);
    assert!(matches!(see(404, "NoSuchBucket"), Answer::Failed(_)));
    let denied = see(403, "AccessDenied");
    assert!(
        matches!(&denied, Answer::Failed(failure) if failure.reason == Reason::AccessDenied
            && failure.operation == "s3:GetAccountPublicAccessBlock"),
        "{denied:?}"
    );
}

#[test]
fn a_certificate_is_described_in_the_region_of_its_arn() {
    let (seen, log) = observe([Read::Certificate(ARN.to_owned())], |_| {
        let option = |name: &str| {
            json!({"DomainName": name, "ValidationDomain": name, "ValidationStatus": "SUCCESS", "ValidationMethod": "DNS",
                   "ResourceRecord": {"Name": "_a.example.com.", "Type": "CNAME", "Value": "_b.acm-validations.aws."}})
        };
        let certificate = json!({"Certificate": {
            "CertificateArn": ARN, "DomainName": "Example.com", "SubjectAlternativeNames": ["example.com", "*.EXAMPLE.com"],
            "Status": "ISSUED", "Type": "AMAZON_ISSUED", "NotBefore": 1767225600, "NotAfter": 1798761600.0,
            "DomainValidationOptions": [option("example.com"), option("*.example.com"), {"DomainName": "mail.example.com"}],
            "RenewalSummary": {"RenewalStatus": "PENDING_VALIDATION", "DomainValidationOptions": [], "UpdatedAt": 1767225600},
            "InUseBy": [], "KeyAlgorithm": "RSA-2048"
        }});
        ok(certificate.to_string())
    });
    assert_eq!(
        seen.inventory.certificate[ARN],
        Answer::Found(Certificate {
            arn: ARN.to_owned(),
            status: "ISSUED".to_owned(),
            names: vec!["example.com".to_owned(), "*.example.com".to_owned()],
            not_before: Some("2026-01-01T00:00:00Z".to_owned()),
            not_after: Some("2027-01-01T00:00:00Z".to_owned()),
            imported: false,
            renewal_status: Some("PENDING_VALIDATION".to_owned()),
            validation_records: vec![("_a.example.com.".to_owned(), "_b.acm-validations.aws.".to_owned())],
        })
    );
    let asked = log.all().pop().expect("a request");
    assert_eq!((asked.service.as_str(), asked.region.as_str()), ("acm", "us-east-1"));
    assert_eq!(asked.body, json!({"CertificateArn": ARN}).to_string());
    assert_eq!(seen.calls["acm:DescribeCertificate"], 1);
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn certificates_of_several_regions_are_asked_each_in_its_own() {
    let arn = |region: &str| format!("arn:aws:acm:{region}:111122223333:certificate/1");
    let regions = ["us-east-1", "eu-west-1"];
    let (seen, log) = observe(regions.map(|region| Read::Certificate(arn(region))), move |asked| {
        assert!(asked.body.contains(&asked.region), "{asked:?}");
        ok(
            json!({"Certificate": {"DomainName": asked.region, "Status": "PENDING_VALIDATION", "Type": "IMPORTED"}})
                .to_string(),
        )
    });
    for region in regions {
        let found = seen.inventory.certificate[&arn(region)].found().expect("a certificate");
        assert_eq!(found.names, [region]);
        assert_eq!(found.status, "PENDING_VALIDATION");
        assert!(found.imported);
        assert_eq!((&found.arn, &found.not_after), (&arn(region), &None));
    }
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn a_certificate_that_is_gone_is_absent_by_its_own_code_only() {
    let see = |status, code: &'static str| {
        let (seen, _) = observe([Read::Certificate(ARN.to_owned())], move |_| json_error(status, code));
        seen.inventory.certificate[ARN].clone()
    };
    assert_eq!(see(400, "ResourceNotFoundException"), Answer::Absent);
    let reason = |answer: Answer<Certificate>| match answer {
        Answer::Failed(failure) => (failure.reason, failure.detail),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        reason(see(400, "AccessDeniedException")),
        (
            Reason::AccessDenied,
            "AccessDeniedException: said by ACM (request REQ3)".to_owned()
        )
    );
    assert_eq!(reason(see(400, "ExpiredTokenException")).0, Reason::ExpiredCredentials);
    assert_eq!(reason(see(400, "ThrottlingException")).0, Reason::Throttled);
    assert_eq!(reason(see(404, "NotFound")).0, Reason::BadAnswer);
    for hollow in ["{}", "{\"Certificate\":{}}", "<html>sign in</html>"] {
        let (seen, _) = observe([Read::Certificate(ARN.to_owned())], move |_| ok(hollow));
        assert_eq!(
            reason(seen.inventory.certificate[ARN].clone()).0,
            Reason::BadAnswer,
            "{hollow}"
        );
    }
}

#[test]
fn a_certificate_that_cannot_be_asked_about_costs_no_call() {
    for (arn, expected) in [
        ("arn:aws:iam::111122223333:server-certificate/site", Reason::BadAnswer),
        ("arn:aws:acm:us-east-1:444455556666:certificate/1", Reason::OtherAccount),
    ] {
        let (seen, log) = observe([Read::Certificate(arn.to_owned())], |asked| panic!("{asked:?}"));
        let answer = &seen.inventory.certificate[arn];
        assert!(
            matches!(answer, Answer::Failed(failure) if failure.reason == expected),
            "{answer:?}"
        );
        assert!(log.lines().is_empty());
    }
}
