"""Measurements: each a ratio against an alternative in the same run, or counts."""
