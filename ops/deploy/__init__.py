"""A deploy: `chalice deploy`, with what Chalice does not look at checked before, and told after."""
