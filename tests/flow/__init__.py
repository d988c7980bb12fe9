"""Flows through the whole sandbox."""
