"""For pytest, which collects doctests from every file: Django is installed for the benchmark alone."""

collect_ignore = ["django_site"]
