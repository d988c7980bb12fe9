"""What runs in Lambda, in the order the data goes: intake, zoho, verdict, aws, slack, steps."""
