-- One row per public question or remark on a listing.
CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW {reporting}.comments AS
SELECT
  CAST(c.id AS CHAR(20)) AS id,
  c.listing_id AS listing_id,
  c.author_id AS author_id,
  c.body AS body,
  c.created_at AS created_at
FROM {market}.comments c;
