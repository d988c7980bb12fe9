"""A stand-in for Zoho: a small CRM in memory that speaks its OAuth and REST API over real HTTP."""
