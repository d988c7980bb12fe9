"""Everything that speaks Slack: the message (pure), the client, and what its answers mean."""
