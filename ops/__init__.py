"""The operator's command line: what makes, deploys, checks and removes a stage; never shipped to Lambda."""
