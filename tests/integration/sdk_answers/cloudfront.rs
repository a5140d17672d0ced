//! Distributions and what their origins sign with, as CloudFront documents them.

use driftgate::inventory::{Answer, DistributionSummary, Reason};
use driftgate::plan::Read;
use serde_json::json;

use super::{Reply, error, observe, ok};

const XMLNS: &str = "xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"";
const ARN: &str = "arn:aws:cloudfront::111122223333:distribution/E1";

#[test]
fn an_origin_access_identity_gives_its_canonical_user() {
    let (seen, log) = observe([Read::OriginAccessIdentity("E74FTE3AJFJ256A".to_owned())], |_| {
        ok(format!(
            "<?xml version=\"1.0\"?><CloudFrontOriginAccessIdentity {XMLNS}><Id>E74FTE3AJFJ256A</Id><S3CanonicalUserId>\
             cd13868f797c227fbea2830611a26fe0a21ba1b826ab4bed9b7771c9aEXAMPLE</S3CanonicalUserId><CloudFrontOriginAccessIdentityConfig>\
             <CallerReference>20120229090000</CallerReference><Comment>My comments</Comment></CloudFrontOriginAccessIdentityConfig>\
             </CloudFrontOriginAccessIdentity>"
        ))
    });
    assert_eq!(
        log.lines(),
        ["GET /2020-05-31/origin-access-identity/cloudfront/E74FTE3AJFJ256A"]
    );
    let identity = seen.inventory.origin_access_identity["E74FTE3AJFJ256A"]
        .found()
        .expect("an identity");
    assert_eq!(identity.comment.as_deref(), Some("My comments"));
    assert_eq!(
        identity.s3_canonical_user_id,
        "cd13868f797c227fbea2830611a26fe0a21ba1b826ab4bed9b7771c9aEXAMPLE"
    );
    assert_eq!(seen.calls["cloudfront:GetCloudFrontOriginAccessIdentity"], 1);
}

#[test]
fn an_origin_access_control_and_tags() {
    let reads = [
        Read::OriginAccessControl("E2".to_owned()),
        Read::DistributionTags(ARN.to_owned()),
    ];
    let (seen, _) = observe(reads, |asked| {
        if asked.line == "GET /2020-05-31/origin-access-control/E2" {
            ok(format!(
                "<OriginAccessControl {XMLNS}><Id>E2</Id><OriginAccessControlConfig><Name>site</Name><Description></Description>\
                 <SigningProtocol>sigv4</SigningProtocol><SigningBehavior>no-override</SigningBehavior>\
                 <OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig></OriginAccessControl>"
            ))
        } else {
            assert_eq!(
                asked.line,
                "GET /2020-05-31/tagging?Resource=arn%3Aaws%3Acloudfront%3A%3A111122223333%3Adistribution%2FE1"
            );
            ok(format!(
                "<Tags {XMLNS}><Items><Tag><Key>team</Key><Value>web</Value></Tag><Tag><Key>bare</Key></Tag></Items></Tags>"
            ))
        }
    });
    assert_eq!(
        serde_json::to_value(&seen.inventory.origin_access_control["E2"]).unwrap()["found"],
        json!({"id": "E2", "name": "site", "origin_type": "s3", "signing_behavior": "no-override", "signing_protocol": "sigv4"})
    );
    assert_eq!(
        serde_json::to_value(&seen.inventory.distribution_tags[ARN]).unwrap()["found"],
        json!({"team": "web", "bare": ""})
    );
}

#[test]
fn an_origin_request_policy_gives_its_headers() {
    let reads = ["P1", "P2"].map(|id| Read::OriginRequestPolicy(id.to_owned()));
    let (seen, log) = observe(reads, |asked| {
        let (id, headers) = match asked.line.as_str() {
            "GET /2020-05-31/origin-request-policy/P1" => (
                "P1",
                "<HeaderBehavior>whitelist</HeaderBehavior><Headers><Quantity>2</Quantity><Items><Name>Host</Name><Name>Origin</Name>\
                 </Items></Headers>",
            ),
            _ => ("P2", "<HeaderBehavior>allViewer</HeaderBehavior>"),
        };
        ok(format!(
            "<?xml version=\"1.0\"?><OriginRequestPolicy {XMLNS}><Id>{id}</Id><LastModifiedTime>2026-02-03T04:05:06.789Z</LastModifiedTime>\
             <OriginRequestPolicyConfig><Comment></Comment><Name>site</Name><HeadersConfig>{headers}</HeadersConfig><CookiesConfig>\
             <CookieBehavior>none</CookieBehavior></CookiesConfig><QueryStringsConfig><QueryStringBehavior>none</QueryStringBehavior>\
             </QueryStringsConfig></OriginRequestPolicyConfig></OriginRequestPolicy>"
        ))
    });
    assert_eq!(log.lines().len(), 2);
    assert_eq!(
        serde_json::to_value(&seen.inventory.origin_request_policy).unwrap(),
        json!({
            "P1": {"found": {"id": "P1", "name": "site", "header_behavior": "whitelist", "headers": ["Host", "Origin"]}},
            "P2": {"found": {"id": "P2", "name": "site", "header_behavior": "allViewer"}}
        })
    );
    assert_eq!(seen.calls["cloudfront:GetOriginRequestPolicy"], 2);
}

#[test]
fn a_continuous_deployment_policy_gives_its_traffic() {
    let reads = ["C1", "C2"].map(|id| Read::ContinuousDeploymentPolicy(id.to_owned()));
    let (seen, log) = observe(reads, |asked| {
        let (id, enabled, traffic) = match asked.line.as_str() {
            "GET /2020-05-31/continuous-deployment-policy/C1" => (
                "C1",
                true,
                "<SingleWeightConfig><Weight>0.125</Weight></SingleWeightConfig><Type>SingleWeight</Type>",
            ),
            _ => (
                "C2",
                false,
                "<SingleHeaderConfig><Header>aws-cf-cd-next</Header><Value>v</Value></SingleHeaderConfig><Type>SingleHeader</Type>",
            ),
        };
        ok(format!(
            "<?xml version=\"1.0\"?><ContinuousDeploymentPolicy {XMLNS}><Id>{id}</Id><LastModifiedTime>2026-02-03T04:05:06.789Z\
             </LastModifiedTime><ContinuousDeploymentPolicyConfig><StagingDistributionDnsNames><Quantity>1</Quantity><Items>\
             <DnsName>d222222abcdef8.cloudfront.net</DnsName></Items></StagingDistributionDnsNames><Enabled>{enabled}</Enabled>\
             <TrafficConfig>{traffic}</TrafficConfig></ContinuousDeploymentPolicyConfig></ContinuousDeploymentPolicy>"
        ))
    });
    assert_eq!(log.lines().len(), 2);
    assert_eq!(
        serde_json::to_value(&seen.inventory.continuous_deployment_policy).unwrap(),
        json!({
            "C1": {"found": {"id": "C1", "enabled": true, "staging_domains": ["d222222abcdef8.cloudfront.net"], "weight": 0.125}},
            "C2": {"found": {"id": "C2", "enabled": false, "staging_domains": ["d222222abcdef8.cloudfront.net"],
                "header": "aws-cf-cd-next"}}
        })
    );
    assert_eq!(seen.calls["cloudfront:GetContinuousDeploymentPolicy"], 2);
}

#[test]
fn what_is_gone_is_absent_by_its_own_code_only() {
    let reads = || {
        [
            Read::Distribution("E1".to_owned()),
            Read::DistributionTags(ARN.to_owned()),
            Read::OriginAccessControl("E2".to_owned()),
            Read::OriginAccessIdentity("E3".to_owned()),
            Read::OriginRequestPolicy("P1".to_owned()),
            Read::ContinuousDeploymentPolicy("C1".to_owned()),
        ]
    };
    let (seen, _) = observe(reads(), |asked| match asked.line.as_str() {
        line if line.contains("/distribution/") => error(404, "NoSuchDistribution"),
        line if line.contains("/tagging") => error(404, "NoSuchResource"),
        line if line.contains("/origin-access-control/") => error(404, "NoSuchOriginAccessControl"),
        line if line.contains("/continuous-deployment-policy/") => error(404, "NoSuchContinuousDeploymentPolicy"),
        line if line.contains("/origin-request-policy/") => error(404, "NoSuchOriginRequestPolicy"),
        _ => error(404, "NoSuchCloudFrontOriginAccessIdentity"),
    });
    assert_eq!(seen.inventory.distribution["E1"], Answer::Absent);
    assert_eq!(seen.inventory.distribution_tags[ARN], Answer::Absent);
    assert_eq!(seen.inventory.origin_access_control["E2"], Answer::Absent);
    assert_eq!(seen.inventory.origin_access_identity["E3"], Answer::Absent);
    assert_eq!(seen.inventory.origin_request_policy["P1"], Answer::Absent);
    assert_eq!(seen.inventory.continuous_deployment_policy["C1"], Answer::Absent);

    let (seen, _) = observe(reads(), |_| error(404, "NotFound"));
    assert!(matches!(seen.inventory.distribution["E1"], Answer::Failed(_)));
    assert!(matches!(seen.inventory.origin_access_identity["E3"], Answer::Failed(_)));
    assert!(matches!(seen.inventory.origin_request_policy["P1"], Answer::Failed(_)));
    assert!(matches!(
        seen.inventory.continuous_deployment_policy["C1"],
        Answer::Failed(_)
    ));
}

const DISTRIBUTION: &str = "<Id>E1</Id><ARN>arn:aws:cloudfront::111122223333:distribution/E1</ARN><Status>InProgress</Status>\
    <LastModifiedTime>2026-02-03T04:05:06.789Z</LastModifiedTime><InProgressInvalidationBatches>0</InProgressInvalidationBatches>\
    <DomainName>d111111abcdef8.cloudfront.net</DomainName><DistributionConfig><CallerReference>r</CallerReference>\
    <Aliases><Quantity>1</Quantity><Items><CNAME>www.example.com</CNAME></Items></Aliases><DefaultRootObject>index.html</DefaultRootObject>\
    <Origins><Quantity>2</Quantity><Items><Origin><Id>site</Id><DomainName>site.s3.eu-west-2.amazonaws.com</DomainName>\
    <OriginPath>/prod</OriginPath><CustomHeaders><Quantity>1</Quantity><Items><OriginCustomHeader><HeaderName>X-Key</HeaderName>\
    <HeaderValue>k</HeaderValue></OriginCustomHeader></Items></CustomHeaders><S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity>\
    <OriginReadTimeout>30</OriginReadTimeout></S3OriginConfig><ConnectionAttempts>3</ConnectionAttempts>\
    <ConnectionTimeout>10</ConnectionTimeout><OriginShield><Enabled>true</Enabled><OriginShieldRegion>eu-west-2</OriginShieldRegion>\
    </OriginShield><OriginAccessControlId>E2</OriginAccessControlId></Origin><Origin><Id>api</Id><DomainName>api.example.com</DomainName>\
    <OriginPath></OriginPath><CustomHeaders><Quantity>0</Quantity></CustomHeaders><CustomOriginConfig><HTTPPort>80</HTTPPort>\
    <HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy><OriginSslProtocols><Quantity>1</Quantity><Items>\
    <SslProtocol>TLSv1.2</SslProtocol></Items></OriginSslProtocols><OriginReadTimeout>30</OriginReadTimeout>\
    <OriginKeepaliveTimeout>5</OriginKeepaliveTimeout><IpAddressType>ipv4</IpAddressType></CustomOriginConfig>\
    <OriginShield><Enabled>false</Enabled></OriginShield><OriginAccessControlId></OriginAccessControlId></Origin></Items></Origins>\
    <OriginGroups><Quantity>1</Quantity><Items><OriginGroup><Id>both</Id><FailoverCriteria><StatusCodes><Quantity>2</Quantity><Items>\
    <StatusCode>500</StatusCode><StatusCode>502</StatusCode></Items></StatusCodes></FailoverCriteria><Members><Quantity>2</Quantity><Items>\
    <OriginGroupMember><OriginId>site</OriginId></OriginGroupMember><OriginGroupMember><OriginId>api</OriginId></OriginGroupMember></Items>\
    </Members></OriginGroup></Items></OriginGroups><DefaultCacheBehavior><TargetOriginId>site</TargetOriginId><TrustedSigners>\
    <Enabled>false</Enabled><Quantity>0</Quantity></TrustedSigners><TrustedKeyGroups><Enabled>true</Enabled><Quantity>1</Quantity><Items>\
    <KeyGroup>kg</KeyGroup></Items></TrustedKeyGroups><ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy><AllowedMethods>\
    <Quantity>2</Quantity><Items><Method>HEAD</Method><Method>GET</Method></Items><CachedMethods><Quantity>2</Quantity><Items>\
    <Method>HEAD</Method><Method>GET</Method></Items></CachedMethods></AllowedMethods><SmoothStreaming>false</SmoothStreaming>\
    <Compress>true</Compress><LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations><FunctionAssociations>\
    <Quantity>1</Quantity><Items><FunctionAssociation><FunctionARN>arn:aws:cloudfront::111122223333:function/f</FunctionARN>\
    <EventType>viewer-request</EventType></FunctionAssociation></Items></FunctionAssociations><FieldLevelEncryptionId></FieldLevelEncryptionId>\
    <CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId><GrpcConfig><Enabled>false</Enabled></GrpcConfig>\
    </DefaultCacheBehavior><CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior><PathPattern>/api/*</PathPattern>\
    <TargetOriginId>api</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy><LambdaFunctionAssociations><Quantity>1</Quantity>\
    <Items><LambdaFunctionAssociation><LambdaFunctionARN>arn:aws:lambda:us-east-1:111122223333:function:l:1</LambdaFunctionARN>\
    <EventType>origin-request</EventType><IncludeBody>true</IncludeBody></LambdaFunctionAssociation></Items></LambdaFunctionAssociations>\
    <ForwardedValues><QueryString>true</QueryString><Cookies><Forward>whitelist</Forward><WhitelistedNames><Quantity>1</Quantity><Items>\
    <Name>sid</Name></Items></WhitelistedNames></Cookies><Headers><Quantity>1</Quantity><Items><Name>Host</Name></Items></Headers>\
    <QueryStringCacheKeys><Quantity>1</Quantity><Items><Name>q</Name></Items></QueryStringCacheKeys></ForwardedValues><MinTTL>0</MinTTL>\
    <DefaultTTL>60</DefaultTTL><MaxTTL>3600</MaxTTL></CacheBehavior></Items></CacheBehaviors><CustomErrorResponses><Quantity>1</Quantity><Items>\
    <CustomErrorResponse><ErrorCode>404</ErrorCode><ResponsePagePath>/404.html</ResponsePagePath><ResponseCode>200</ResponseCode>\
    <ErrorCachingMinTTL>10</ErrorCachingMinTTL></CustomErrorResponse></Items></CustomErrorResponses><Comment></Comment><Logging>\
    <Enabled>true</Enabled><IncludeCookies>false</IncludeCookies><Bucket>logs.s3.amazonaws.com</Bucket><Prefix></Prefix></Logging>\
    <PriceClass>PriceClass_100</PriceClass><Enabled>true</Enabled><ViewerCertificate><CloudFrontDefaultCertificate>false\
    </CloudFrontDefaultCertificate><ACMCertificateArn>arn:aws:acm:us-east-1:111122223333:certificate/c</ACMCertificateArn>\
    <SSLSupportMethod>sni-only</SSLSupportMethod><MinimumProtocolVersion>TLSv1.2_2021</MinimumProtocolVersion>\
    <Certificate>arn:aws:acm:us-east-1:111122223333:certificate/c</Certificate><CertificateSource>acm</CertificateSource></ViewerCertificate>\
    <Restrictions><GeoRestriction><RestrictionType>whitelist</RestrictionType><Quantity>1</Quantity><Items><Location>GB</Location></Items>\
    </GeoRestriction></Restrictions><WebACLId></WebACLId><HttpVersion>http2and3</HttpVersion><IsIPV6Enabled>true</IsIPV6Enabled>\
    <ContinuousDeploymentPolicyId></ContinuousDeploymentPolicyId><Staging>false</Staging><ConnectionMode>direct</ConnectionMode>\
    </DistributionConfig>";

#[test]
fn a_distribution_comes_through_whole() {
    let (seen, log) = observe([Read::Distribution("E1".to_owned())], |_| {
        ok(format!(
            "<?xml version=\"1.0\"?><Distribution {XMLNS}>{DISTRIBUTION}</Distribution>"
        ))
    });
    assert_eq!(log.lines(), ["GET /2020-05-31/distribution/E1"]);
    let behavior = |over: serde_json::Value| {
        let mut all = json!({
            "target_origin_id": "", "viewer_protocol_policy": "", "allowed_methods": [], "cached_methods": [], "compress": false,
            "smooth_streaming": false, "lambda_function_associations": [], "function_associations": [], "trusted_key_groups": [],
            "trusted_signers": [], "grpc_enabled": false
        });
        all.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
        all
    };
    let expected = json!({
        "id": "E1", "arn": ARN, "domain_name": "d111111abcdef8.cloudfront.net", "status": "InProgress",
        "last_modified": "2026-02-03T04:05:06.789Z",
        "config": {
            "aliases": ["www.example.com"],
            "connection_mode": "direct",
            "custom_error_responses": [
                {"error_code": 404, "error_caching_min_ttl": 10, "response_code": "200", "response_page_path": "/404.html"}
            ],
            "default_cache_behavior": behavior(json!({
                "target_origin_id": "site", "viewer_protocol_policy": "redirect-to-https", "allowed_methods": ["HEAD", "GET"],
                "cached_methods": ["HEAD", "GET"], "cache_policy_id": "658327ea-f89d-4fab-a63d-7e88639e58f6", "compress": true,
                "function_associations": [
                    {"event_type": "viewer-request", "function_arn": "arn:aws:cloudfront::111122223333:function/f"}
                ],
                "trusted_key_groups": ["kg"]
            })),
            "default_root_object": "index.html",
            "enabled": true,
            "http_version": "http2and3",
            "is_ipv6_enabled": true,
            "logging": {"enabled": true, "include_cookies": false, "bucket": "logs.s3.amazonaws.com"},
            "cache_behaviors": [behavior(json!({
                "path_pattern": "/api/*", "target_origin_id": "api", "viewer_protocol_policy": "https-only",
                "min_ttl": 0, "default_ttl": 60, "max_ttl": 3600,
                "forwarded_values": {
                    "query_string": true, "query_string_cache_keys": ["q"], "headers": ["Host"], "cookies_forward": "whitelist",
                    "cookies_whitelisted_names": ["sid"]
                },
                "lambda_function_associations": [{
                    "event_type": "origin-request", "lambda_arn": "arn:aws:lambda:us-east-1:111122223333:function:l:1", "include_body": true
                }]
            }))],
            "origins": [
                {"id": "site", "domain_name": "site.s3.eu-west-2.amazonaws.com", "origin_path": "/prod", "connection_attempts": 3,
                 "connection_timeout": 10, "origin_access_control_id": "E2", "custom_headers": [{"name": "X-Key", "value": "k"}],
                 "s3_origin": {}, "origin_shield_enabled": true, "origin_shield_region": "eu-west-2"},
                {"id": "api", "domain_name": "api.example.com", "custom_headers": [], "origin_shield_enabled": false,
                 "custom_origin": {"http_port": 80, "https_port": 443, "origin_protocol_policy": "https-only",
                                   "origin_ssl_protocols": ["TLSv1.2"], "origin_keepalive_timeout": 5, "origin_read_timeout": 30,
                                   "ip_address_type": "ipv4"}}
            ],
            "origin_groups": [{"id": "both", "status_codes": [500, 502], "members": ["site", "api"]}],
            "price_class": "PriceClass_100",
            "geo_restriction": {"restriction_type": "whitelist", "locations": ["GB"]},
            "staging": false,
            "viewer_certificate": {
                "cloudfront_default_certificate": false, "acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/c",
                "ssl_support_method": "sni-only", "minimum_protocol_version": "TLSv1.2_2021"
            }
        }
    });
    assert_eq!(
        serde_json::to_value(&seen.inventory.distribution["E1"]).unwrap()["found"],
        expected
    );
}

/// A page of the listing, as CloudFront gives it: the summaries have most of the configuration.
fn page(ids: &[&str], next: Option<&str>) -> Reply {
    let items: String = ids
        .iter()
        .map(|id| {
            format!(
                "<DistributionSummary><Id>{id}</Id><ARN>arn:aws:cloudfront::111122223333:distribution/{id}</ARN><Status>Deployed</Status>\
                 <LastModifiedTime>2026-02-03T04:05:06.789Z</LastModifiedTime><DomainName>{id}.cloudfront.net</DomainName><Aliases>\
                 <Quantity>1</Quantity><Items><CNAME>*.Example.com</CNAME></Items></Aliases><Origins><Quantity>1</Quantity><Items><Origin>\
                 <Id>site</Id><DomainName>site.s3.eu-west-2.amazonaws.com</DomainName></Origin></Items></Origins><Comment></Comment>\
                 <PriceClass>PriceClass_All</PriceClass><Enabled>true</Enabled><WebACLId></WebACLId><HttpVersion>http2</HttpVersion>\
                 <IsIPV6Enabled>true</IsIPV6Enabled><Staging>true</Staging></DistributionSummary>"
            )
        })
        .collect();
    let next = next
        .map(|marker| format!("<NextMarker>{marker}</NextMarker>"))
        .unwrap_or_default();
    ok(format!(
        "<?xml version=\"1.0\"?><DistributionList {XMLNS}><Marker></Marker><MaxItems>100</MaxItems><IsTruncated>{}</IsTruncated>\
         <Quantity>{}</Quantity><Items>{items}</Items>{next}</DistributionList>",
        !next.is_empty(),
        ids.len()
    ))
}

#[test]
fn distributions_are_listed_to_the_end() {
    let (seen, log) = observe([Read::Distributions], |asked| match asked.line.as_str() {
        "GET /2020-05-31/distribution?MaxItems=100" => page(&["E1", "E2"], Some("E2")),
        "GET /2020-05-31/distribution?Marker=E2&MaxItems=100" => page(&["E3"], None),
        other => panic!("{other}"),
    });
    let all = seen.inventory.distributions.found().expect("a listing");
    assert_eq!(
        all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["E1", "E2", "E3"]
    );
    assert_eq!(
        all[0],
        DistributionSummary {
            id: "E1".to_owned(),
            arn: ARN.to_owned(),
            domain_name: "E1.cloudfront.net".to_owned(),
            aliases: vec!["*.Example.com".to_owned()],
            enabled: true,
            staging: true,
            origin_domains: vec!["site.s3.eu-west-2.amazonaws.com".to_owned()],
            comment: None,
        }
    );
    assert_eq!(log.lines().len(), 2);
    assert_eq!(seen.calls["cloudfront:ListDistributions"], 2);

    let (seen, _) = observe([Read::Distributions], |_| page(&[], None));
    assert_eq!(seen.inventory.distributions, Answer::Found(vec![]));
}

#[test]
fn a_part_of_the_distributions_does_not_pass_for_all() {
    let (seen, _) = observe([Read::Distributions], |asked| {
        if asked.line.contains("Marker") {
            error(403, "AccessDenied")
        } else {
            page(&["E1"], Some("E1"))
        }
    });
    assert!(
        matches!(&seen.inventory.distributions, Answer::Failed(failure) if failure.reason == Reason::AccessDenied
            && failure.operation == "cloudfront:ListDistributions")
    );
    let (seen, log) = observe([Read::Distributions], |_| page(&["E1"], Some("E1")));
    assert!(matches!(&seen.inventory.distributions, Answer::Failed(failure) if failure.reason == Reason::BadAnswer));
    assert_eq!(log.lines().len(), 2);
    let truncated = |asked: &super::Asked| match page(&["E1"], None) {
        Reply::Answer(status, headers, body) => {
            assert!(!asked.line.contains("Marker"), "{}", asked.line);
            let text = String::from_utf8(body)
                .unwrap()
                .replace(">false</IsTruncated>", ">true</IsTruncated>");
            Reply::Answer(status, headers, text.into_bytes())
        }
        other => other,
    };
    let (seen, _) = observe([Read::Distributions], truncated);
    assert!(matches!(&seen.inventory.distributions, Answer::Failed(failure) if failure.reason == Reason::BadAnswer));
}
