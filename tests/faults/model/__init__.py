"""An explicit-state model of check and notify: two workers, crashes, lost answers, repeats, every interleaving."""
