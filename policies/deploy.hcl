rule "deploy-bucket-not-served" {
  severity = "high"
  help     = "A deployment uploads to a bucket that the host, or the distribution which the same job invalidates or updates, does not serve from. Critical where the job also sets the origin path: the next deployment takes the site down. Correct the bucket's name (often the value of a secret), or point the origin at the bucket."
}

rule "deploy-distribution-mismatch" {
  severity = "high"
  help     = "A deployment invalidates, updates or declares a distribution that is not the one which answers for the host or serves the bucket it uploads to. Correct the distribution id."
}

rule "deploy-path-not-served" {
  severity = "medium"
  help     = "A deployment uploads to a prefix that is not under the origin path which is served, and does not become it. High where the same job names the distribution. Correct the prefix, or the origin path or the selector of the origin that the job sets."
}

rule "origin-path-never-built" {
  severity = "high"
  help     = "A deployment sets the origin path of a distribution, and the bucket that is served holds nothing there. Critical where the path is live: visitors get errors now. Deploy that version to the served bucket, or set the origin path back."
}

rule "deploy-environment-crossed" {
  severity = "medium"
  help     = "A job of one environment uploads to a bucket of another. Medium where only the name of a secret says so; high or critical where the bucket is known and is served for the other environment."
}

rule "deploy-prefix-shared" {
  severity = "medium"
  help     = "Jobs of two environments write to the same prefix of the same bucket. High where one of them deletes what the other uploaded. Give each a bucket or a prefix of its own."
}

rule "deploy-without-invalidation" {
  severity = "low"
  help     = "A workflow uploads over what the distribution's cache keeps, and invalidates nothing. Visitors get the old version until it expires."
}

rule "deploy-region-mismatch" {
  severity = "low"
  help     = "A deployment names another region than the bucket's, with a tool that does not find the right one itself."
}

rule "deploy-target-unresolved" {
  severity = "info"
  help     = "The bucket or distribution of a deployment is not known from the files, so it was not held against what is served. Map the named secrets and variables with --var, or declare the target with --deploy."
}

rule "bucket-not-served" {
  severity = "info"
  help     = "A deployment uploads to a bucket of the account that nothing serves from; it may have another purpose. Low where the bucket is set up to be served or is named like a host; medium where the same job changes a distribution."
}

rule "bucket-not-deployed" {
  severity = "info"
  help     = "A bucket is served and no workflow or declaration uploads to it; another repository may. Low where a workflow invalidates or updates its distribution."
}
