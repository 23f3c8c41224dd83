"""A believable market, made through the public HTTP API alone."""
