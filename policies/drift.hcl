# The default severity of every rule about drift and unmanaged things. Compiled into the binary.
# Levels: critical, high, medium, low, info. `--fail-on` (default low) decides which of them fail a run.

rule "resource-missing" {
  severity = "high"
  help     = "The state holds a resource that is gone from AWS. The next apply creates it again; until then whatever relies on it is broken."
}

rule "resource-changed" {
  severity = "medium"
  help     = "A live attribute differs from the state. Either apply (puts the state's value back) or take the change over into the configuration."
}

rule "principal-unresolved" {
  severity = "medium"
  help     = "Two policies differ only in a principal whose identity cannot be resolved, such as the unique id of a user or role that may have been deleted. Access may be broken or granted to somebody else."
}

rule "policy-reworded" {
  severity = "low"
  help     = "A policy's text was edited without changing what it allows or denies."
}

rule "cosmetic-change" {
  severity = "info"
  help     = "Only a label without effect differs, such as a policy's Sid or how a TXT value is cut into strings."
}

rule "changed-since-snapshot" {
  severity = "medium"
  help     = "An attribute is not what the snapshot recorded (`check --against`). Somebody changed it since, with Terraform or without."
}

rule "cosmetic-since-snapshot" {
  severity = "info"
  help     = "Only a label without effect is not what the snapshot recorded (`check --against`)."
}

rule "gone-since-snapshot" {
  severity = "high"
  help     = "The snapshot recorded something that is gone from AWS now."
}

rule "new-since-snapshot" {
  severity = "low"
  help     = "Something exists now that was not there when the snapshot was taken."
}

rule "unmanaged-record" {
  severity = "low"
  help     = "A managed zone answers with a record set that no given state holds."
}

rule "unmanaged-record-of-service" {
  severity = "info"
  help     = "A managed zone holds a record set that a Route 53 traffic policy instance keeps."
}

rule "unmanaged-bucket-policy" {
  severity = "medium"
  help     = "A managed bucket has a policy that neither a resource nor the bucket's own record holds."
}

rule "unmanaged-bucket-acl" {
  severity = "medium"
  help     = "A managed bucket's ACL grants access that no state holds."
}

rule "unmanaged-bucket-website" {
  severity = "low"
  help     = "A managed bucket answers as a website, and no state says so."
}

rule "unmanaged-bucket-versioning" {
  severity = "low"
  help     = "A managed bucket is versioned, and no state says so."
}

rule "unmanaged-bucket-cors" {
  severity = "low"
  help     = "A managed bucket has CORS rules that no state holds."
}

rule "unmanaged-bucket-logging" {
  severity = "low"
  help     = "A managed bucket logs its requests, and no state says so."
}

rule "unmanaged-bucket-lifecycle" {
  severity = "medium"
  help     = "A managed bucket has lifecycle rules that no state holds. They may delete or archive what the site serves."
}

rule "unmanaged-bucket-encryption" {
  severity = "medium"
  help     = "A managed bucket encrypts by default with a key that no state names. Readers without access to the key get 403 for new objects."
}

rule "unmanaged-bucket-replication" {
  severity = "medium"
  help     = "A managed bucket copies its objects elsewhere, and no state says so."
}

rule "unmanaged-bucket-acceleration" {
  severity = "low"
  help     = "Transfer acceleration is on for a managed bucket, and no state says so."
}

rule "unmanaged-bucket-request-payment" {
  severity = "medium"
  help     = "A managed bucket makes the requester pay, and no state says so. Anonymous requests then get 403."
}

rule "unmanaged-bucket-object-lock" {
  severity = "low"
  help     = "Object lock is on for a managed bucket, and no state says so."
}
