"""HTTP: from a request to an operation and back, and every failure's shape."""
