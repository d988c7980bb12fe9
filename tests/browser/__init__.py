"""The circle of tests that need a browser: what Chromium makes of the page."""
