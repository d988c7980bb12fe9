"""What runs in Lambda, in the order the data goes: webhook, zoho, verdict, aws, slack, steps."""
