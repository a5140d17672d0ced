# The default severity of every rule about the Terraform configuration and the policies themselves. Compiled into the
# binary.

rule "resource-without-block" {
  severity = "low"
  help     = "The state holds a resource that no block of the Terraform configuration declares: the next apply destroys it. Put the block back, move the address, or apply."
}

rule "block-without-resource" {
  severity = "low"
  help     = "The Terraform configuration declares a resource that the state does not hold: the next apply creates it. Apply, or import what is there already."
}
