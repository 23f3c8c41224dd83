"""The doctor: looks at an installation from outside and says what to do about each finding.

`python -m dev.doctor` looks at the local stack of this GAVEL_HOME; with `--deployed` at the installation that the
environment describes with the functions' own settings. It changes nothing anywhere.
"""
