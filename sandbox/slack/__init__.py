"""A Slack workspace on this machine: what our messages do when the real one is not there."""
