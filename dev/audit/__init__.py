"""Whether what the database holds is what the rules make of its bids: after a restore, or when in doubt."""
