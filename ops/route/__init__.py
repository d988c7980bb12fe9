"""Which rule holds for one lead, and why: what check would decide now, and where the lead's message stands."""
