"""The page of `make sandbox`: Zoho, Slack and the way between, live in a browser."""
