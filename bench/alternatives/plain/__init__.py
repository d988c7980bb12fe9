"""The plain app's folder, as Chalice wants one."""
