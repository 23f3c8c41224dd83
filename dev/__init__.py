"""What a developer runs; the product never imports it."""
