"""The proofs: a model of the two workers, and the real code under every fault at every I/O call."""
