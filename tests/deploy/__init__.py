"""The way from an empty account to a stage and back, as an operator types it."""
