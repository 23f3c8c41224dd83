"""From a bearer token to the person or service that sent it."""
