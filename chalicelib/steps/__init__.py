"""The arrows of the picture, one file each: receive, check, notify, sweep. Each is a function of its input and its ports."""
