"""`python -m ops replay`: dead letters go back to work."""
