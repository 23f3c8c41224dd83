"""A believable market, made through the public HTTP API; dev.seed.history adds a past, which cannot be made there."""
