variable "secret" {
  sensitive = true
  default   = "s3cr3t"
}
module "site" {
  source   = "./mod"
  for_each = toset(["prod", "a \"b\" \\ $${x} %%{y}\nz\tö\u0007 $$", "stage.eu-west-2"])
  keys     = ["k1"]
}
module "n" {
  source = "./mod"
  count  = 2
  keys   = ["$${", "%", "%%{", "$$$${", "\r", "\u2028", "😀", "", "\u007f", "\u200b", "\u00ad", "é", "\ue000"]
}
resource "terraform_data" "plain" {
  input = { a = var.secret, b = [var.secret, "x"], c = "y" }
}
resource "terraform_data" "set" {
  input = toset([var.secret, "x"])
}
resource "terraform_data" "whole" {
  input = { "k.k" = var.secret }
}
resource "terraform_data" "three" {
  count = 3
  input = count.index
}
data "terraform_remote_state" "none" {
  backend  = "local"
  config   = { path = "${path.module}/none.tfstate" }
  defaults = { a = 1 }
}
variable "generation" {
  default = 1
}

# Replaced once with generation = 2: the new `follower` fails, so the old objects of both stay behind as deposed ones.
resource "terraform_data" "leader" {
  triggers_replace = var.generation
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "follower" {
  triggers_replace = terraform_data.leader.id
  lifecycle {
    create_before_destroy = true
  }
  provisioner "local-exec" {
    command = "test ${var.generation} = 1"
  }
}

resource "terraform_data" "pair" {
  for_each = toset(["one", "two"])
  input    = { secret = { (each.key) = var.secret } }
}
