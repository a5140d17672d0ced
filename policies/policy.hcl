# The default severity of every rule about policies themselves. Compiled into the binary.

rule "allowance-unused" {
  severity = "info"
  help     = "An allowance of a policy decides nothing in a run that checked everything: what it allows is gone, or an earlier rule decides about it. Remove it, so that nothing hides behind it later."
}
