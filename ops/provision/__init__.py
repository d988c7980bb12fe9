"""`python -m ops provision`: what a stage needs in AWS before `chalice deploy`, made, changed and removed."""
