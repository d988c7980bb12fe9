"""What the vendors' pages say of the calls that the stand-ins answer, as data; tests/unit/test_vendor_pages_*.py do what each row says."""
