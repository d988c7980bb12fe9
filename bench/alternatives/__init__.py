"""What leadmatch is measured against. Each does a lead's work with the same result, and says what it leaves out."""
