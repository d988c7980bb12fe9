"""Golden Slack messages, the cases they come from, and the script that rewrites them."""
