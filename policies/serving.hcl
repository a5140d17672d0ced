# The default severity of every rule about what visitors of a host get. Compiled into the binary.
# critical: a host is down, serves another environment's content, or can be taken over now; high: it breaks at the next
# deployment or apply, or is exposed. Where it depends on the case, this is the least; the finding itself may be worse.

rule "host-does-not-resolve" {
  severity = "critical"
  help     = "A host that the state declares a record for has no address in DNS, or its records lead in a circle: nobody reaches the site under this name. Apply, or put the record back."
}

rule "alias-without-record" {
  severity = "low"
  help     = "A distribution holds a host as an alias, its zone is at hand, and no record of it leads anywhere. Add the record, or take the alias off."
}

rule "ipv6-record-missing" {
  severity = "low"
  help     = "The declared AAAA record of a host is gone: visitors with IPv6 alone get no address."
}

rule "record-shadowed-by-delegation" {
  severity = "high"
  help     = "A record lies at or below a name that its zone delegates to other name servers, so resolvers never see it."
}

rule "zone-not-delegated" {
  severity = "high"
  help     = "A managed zone that holds records of a host is not the zone that resolvers ask: the parent names other name servers. Edits of its records have no effect."
}

rule "wildcard-answers-for-host" {
  severity = "high"
  help     = "A host's own declared record is gone, and a wildcard record answers in its place, so visitors are sent somewhere else or to an error."
}

rule "alias-dangling" {
  severity = "high"
  help     = "A record leads to a name that does not exist or that is no distribution of the account. If the distribution is known to be gone, visitors get no answer (critical)."
}

rule "record-points-elsewhere" {
  severity = "medium"
  help     = "A record leads to another target than the one that serves the host. If CloudFront still finds the right distribution by its alias, visitors notice nothing yet; if not, they get something undeclared (critical)."
}

rule "takeover-possible" {
  severity = "critical"
  help     = "A record leads to an S3 endpoint and no bucket of the host's name exists: whoever creates it serves under the host. S3 takes the bucket from the host name, whatever the endpoint says."
}

rule "host-served-from-foreign-bucket" {
  severity = "critical"
  help     = "A host is served from a bucket of another account although the state says otherwise."
}

rule "failover-cannot-fail-over" {
  severity = "medium"
  help     = "A failover group lacks a member, or its primary has no health signal, so that it never gives way."
}

rule "failover-between-distributions" {
  severity = "high"
  help     = "Primary and secondary records lead to different distributions. An alias lives on one only, so the failover ends in 403."
}

rule "geolocation-without-default" {
  severity = "medium"
  help     = "Geolocation records without a default: visitors from unmapped places get no answer."
}

rule "health-check-misleads" {
  severity = "medium"
  help     = "The health check of one of several records of a name is disabled, inverted, gone, or asks another host, and the state says otherwise: Route 53 keeps visitors on a broken target, or away from a sound one."
}

rule "host-not-aliased" {
  severity = "critical"
  help     = "A host's records lead to a distribution that does not have it as an alias, and no other distribution of the account has it: visitors get a TLS error or 403."
}

rule "served-by-another-distribution" {
  severity = "high"
  help     = "Another distribution answers for the host than the state says, because the alias moved, or a wildcard alias or a leftover exact alias wins."
}

rule "distribution-disabled" {
  severity = "critical"
  help     = "The distribution that holds the host is disabled and answers nobody."
}

rule "staging-distribution-addressed" {
  severity = "critical"
  help     = "A record leads to a staging distribution of continuous deployment, which answers no name."
}

rule "continuous-deployment-left-on" {
  severity = "low"
  help     = "Continuous deployment sends a part of the requests to a staging distribution that serves otherwise than its primary. By weight, up to 15 % of all visitors get it (medium); by header, only who sends that header."
}

rule "certificate-does-not-cover" {
  severity = "critical"
  help     = "The distribution's certificate does not name the host (a wildcard covers one label): browsers show a TLS error."
}

rule "certificate-unusable" {
  severity = "critical"
  help     = "The certificate expired, was revoked, was never issued, or is gone: browsers show a TLS error."
}

rule "certificate-expires-soon" {
  severity = "high"
  help     = "The certificate ends within 30 days and something keeps ACM from renewing it: it was imported, renewal failed, or its validation record is not in the zone."
}

rule "site-closed-to-visitors" {
  severity = "critical"
  help     = "A behaviour that the state leaves open demands signed URLs or cookies: everybody else gets 403."
}

rule "signing-keys-missing" {
  severity = "critical"
  help     = "A behaviour demands signed URLs or cookies, and none of its key groups or signers has an active key: valid visitors get 403 too."
}

rule "private-content-open" {
  severity = "high"
  help     = "A behaviour for which the state demands signed URLs or cookies serves everybody."
}

rule "host-header-forwarded" {
  severity = "critical"
  help     = "A behaviour forwards the viewer's Host header to S3, which takes the bucket from it: 403 or NoSuchBucket."
}

rule "primary-origin-broken" {
  severity = "medium"
  help     = "The first origin of a group fails and the second serves in its place: visitors may see older content, and nothing is left if that fails too."
}

rule "origin-bucket-missing" {
  severity = "critical"
  help     = "The bucket behind a distribution's origin does not exist. Visitors get 404, and whoever creates it serves under the host's name and certificate."
}

rule "origin-region-wrong" {
  severity = "high"
  help     = "The origin's domain or the record names another region than the bucket's, or the global endpoint for a bucket it does not reach: S3 answers with an error."
}

rule "origin-endpoint-unusable" {
  severity = "critical"
  help     = "CloudFront cannot ask S3 the way the origin says: a website endpoint by HTTPS, a path-style or accelerate endpoint, a bucket name with dots by HTTPS."
}

rule "origin-identity-missing" {
  severity = "critical"
  help     = "The origin's access control or identity does not exist or is for another service, so S3 refuses CloudFront."
}

rule "bucket-denies-cloudfront" {
  severity = "critical"
  help     = "The bucket policy does not let the origin's identity read what is asked for: visitors get 403."
}

rule "public-access-blocked" {
  severity = "critical"
  help     = "A website relies on a public policy, and the public access block of bucket or account cuts it off: visitors get 403."
}

rule "requester-pays" {
  severity = "critical"
  help     = "The bucket makes the requester pay, which refuses every anonymous request."
}

rule "object-cannot-be-decrypted" {
  severity = "critical"
  help     = "An object is encrypted with KMS in a way that the origin's identity cannot read: visitors get 403."
}

rule "object-archived" {
  severity = "critical"
  help     = "An object that is served lies in an archive class: visitors get 403 until it is restored."
}

rule "origin-path-empty" {
  severity = "critical"
  help     = "Nothing is stored under the origin path in the bucket that is served: every page fails."
}

rule "root-object-missing" {
  severity = "critical"
  help     = "The default root object was removed from the distribution, or the object itself is not there: the front page fails."
}

rule "object-missing" {
  severity = "high"
  help     = "The object behind the path that was asked for does not exist."
}

rule "error-page-missing" {
  severity = "medium"
  help     = "The page of a custom error response cannot be read: visitors who meet an error get a bare one."
}

rule "failure-hidden-by-error-response" {
  severity = "high"
  help     = "The origin fails, and a custom error response turns that into a success: the same page goes out for everything, scripts included, and monitors see nothing."
}

rule "listing-open" {
  severity = "high"
  help     = "The root of the host shows the listing of its bucket to everybody."
}

rule "lifecycle-removes-content" {
  severity = "high"
  help     = "A lifecycle rule deletes or archives objects that are being served."
}

rule "bucket-open-to-any-distribution" {
  severity = "high"
  help     = "The bucket policy lets in cloudfront.amazonaws.com without naming a distribution or account: any AWS customer can serve the content from a distribution of their own."
}

rule "bucket-open-by-accident" {
  severity = "high"
  help     = "A statement for everyone is guarded by a condition that is true when its key is missing: anyone can read the bucket."
}

rule "website-not-configured" {
  severity = "critical"
  help     = "A host relies on a bucket's website endpoint, and the bucket has no website configuration: visitors get 404."
}

rule "redirect-bucket-via-rest" {
  severity = "high"
  help     = "A bucket that only redirects is asked through its REST endpoint, where redirects do not work."
}

rule "redirect-loop" {
  severity = "critical"
  help     = "A host redirects in a circle."
}

rule "redirect-target-dead" {
  severity = "critical"
  help     = "A host redirects to one of ours that does not serve."
}

rule "environment-crossed" {
  severity = "high"
  help     = "A host is served from a bucket or distribution of another environment, and the state says otherwise. A production host that shows another environment is critical."
}

rule "content-shared-by-distributions" {
  severity = "medium"
  help     = "Two distributions serve the same bucket and path, and the state says otherwise: one deployment changes both sites."
}

rule "policy-admits-other-environment" {
  severity = "medium"
  help     = "A bucket policy lets in a distribution of another environment, and the state's policy does not."
}

rule "identity-shared-across-environments" {
  severity = "medium"
  help     = "Distributions of different environments use one origin access identity, and the state says otherwise: one environment can read the other's bucket."
}

rule "site-not-as-pinned" {
  severity = "high"
  help     = "The configuration pins the bucket or the distribution of a site, and its hosts are served by another one. Point the site back, or change the pin."
}
