"""Bidding under contention: bids that arrive together are judged and committed together."""
