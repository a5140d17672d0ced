variable "keys" {}
resource "terraform_data" "r" {
  for_each = toset(var.keys)
  input    = each.key
}
module "inner" {
  source = "./inner"
}
