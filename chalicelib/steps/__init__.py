"""The arrows of the picture: receive, check, notify, act and sweep, each a function of its input and its ports, and their parts."""
