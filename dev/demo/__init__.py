"""A scripted evening at the market: twenty bidders, five lots, live."""
