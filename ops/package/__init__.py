"""The deployment package: built as `chalice deploy` builds it, and looked through before anybody trusts it."""
