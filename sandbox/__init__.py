"""The whole system on one machine, with stand-ins for every service it talks to."""
