"""The real code of convert, and of the sweep's part in it, under every interleaving: two clicks, two workers, crashes, lost answers, repeats, wrong clocks."""
