"""Everything that speaks Zoho: data centres, OAuth, the client, and what its answers mean."""
