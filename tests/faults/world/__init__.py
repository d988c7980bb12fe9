"""The real steps in a world with a clock of its own, where days pass at once and every call may go wrong."""
