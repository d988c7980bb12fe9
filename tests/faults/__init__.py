"""The promise, tested: nothing lost, nothing doubled, under every fault at every step."""
