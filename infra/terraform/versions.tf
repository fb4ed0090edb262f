terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6.0"
    }
  }
}

# Region, credentials and endpoint come from the SDK's own environment variables and profiles, and from nowhere else.
provider "aws" {
  default_tags {
    tags = merge({ project = var.prefix }, var.tags)
  }
}
