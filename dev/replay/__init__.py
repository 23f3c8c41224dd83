"""Replaying recorded bids: for moving from another platform, and for settling disputes."""
