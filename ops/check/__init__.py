"""The check of a deployed stage: seven probes, each of which says what is wrong and how to mend it."""
