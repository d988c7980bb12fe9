"""What a person sees of a Slack message: on a terminal, as a page, as a picture."""
