"""One file per module."""
