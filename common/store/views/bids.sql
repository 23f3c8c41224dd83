-- One row per bid that stands, with the price that it led to. Nobody's maximum, and no bid that was retracted.
CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW {reporting}.bids AS
SELECT
  CONCAT(b.listing_id, '-', LPAD(b.seq, 10, '0')) AS id,
  b.listing_id AS listing_id,
  b.bidder_id AS bidder_id,
  CAST(b.price / 100 AS DECIMAL(14, 2)) AS amount,
  b.placed_at AS placed_at
FROM {market}.bids b
WHERE b.retracted_at IS NULL;
