-- Whatever analysts ask about bidders or about a time is answered from an index alone: without these, bids of each
-- bidder in the order of the unique key cost a row looked up for every bid ever placed (docs/decisions).
-- The new ends of both are where bids are written anyway: the second grows at its end.

ALTER TABLE bids
  ADD KEY bids_of_bidder (bidder_id, placed_at, retracted_at),
  ADD KEY bids_newest (placed_at, bidder_id, retracted_at),
  ALGORITHM = INPLACE, LOCK = NONE;
