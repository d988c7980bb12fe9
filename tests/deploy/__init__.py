"""A stage from provision to delete, against an AWS that starts empty."""
