"""The linters of .github: python -m dev.workflows."""
