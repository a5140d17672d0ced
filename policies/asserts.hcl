# Assertions about how an estate should be built: opinions, so they are compiled in but hold only where the configuration
# says `settings { starter_asserts = true }`. A run without configuration reports drift and outages, never opinions.

assert "oac-bucket-not-public" {
  for      = resource.type == "aws_cloudfront_distribution"
  that     = alltrue([for origin in resource.serving.origins : !origin.bucket_public if origin.identity == "origin access control"])
  message  = "serves from a public bucket, although it signs its requests: ${join(", ", [for origin in resource.serving.origins : origin.bucket if origin.identity == "origin access control" && origin.bucket_public])}"
  severity = "high"
  help     = "With an origin access control the bucket needs to admit nobody but the distribution; open to everybody, it lets visitors pass by the distribution and whatever protects it. Take the public statement out of the bucket's policy, or block public access."
}

assert "tls-1-2-at-least" {
  for      = resource.type == "aws_cloudfront_distribution" && length(resource.live.aliases) > 0
  that     = alltrue([for one in resource.live.viewer_certificate : glob("TLSv1.2_*", one.minimum_protocol_version) || glob("TLSv1.3_*", one.minimum_protocol_version)])
  message  = "answers viewers that speak less than TLS 1.2: minimum_protocol_version is ${join(", ", resource.live.viewer_certificate[*].minimum_protocol_version)}"
  severity = "medium"
  help     = "Set minimum_protocol_version of viewer_certificate to TLSv1.2_2021 or later. Clients that need less are older than 2014."
}

assert "alias-covered-by-certificate" {
  for      = resource.type == "aws_cloudfront_distribution"
  that     = alltrue(resource.serving.aliases[*].covered)
  message  = "the certificate does not cover ${join(", ", [for alias in resource.serving.aliases : alias.name if !alias.covered])}"
  severity = "high"
  help     = "Visitors of such an alias get a certificate warning, or no answer. Use a certificate that names it, or take the alias off."
}

assert "origin-access-by-oac" {
  for      = resource.type == "aws_cloudfront_distribution"
  that     = alltrue([for origin in resource.serving.origins : origin.identity != "origin access identity"])
  message  = "reads by an origin access identity: ${join(", ", [for origin in resource.serving.origins : origin.id if origin.identity == "origin access identity"])}"
  severity = "low"
  help     = "Origin access identities are the older way: they know neither SSE-KMS nor the newer regions. Use an origin access control."
}

assert "bucket-of-one-environment" {
  for      = resource.type == "aws_s3_bucket"
  that     = length(resource.serving.environments) <= 1
  message  = "serves several environments: ${join(", ", resource.serving.environments)}"
  severity = "medium"
  help     = "A deployment to one of them changes the others. Give each environment a bucket of its own."
}

assert "distribution-of-one-environment" {
  for      = resource.type == "aws_cloudfront_distribution"
  that     = length(resource.serving.environments) <= 1
  message  = "serves hosts of several environments: ${join(", ", resource.serving.environments)}"
  severity = "medium"
  help     = "A change meant for one of them reaches the others. Give each environment a distribution of its own."
}
