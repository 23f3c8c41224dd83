-- One row per person and listing that he watches.
CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW {reporting}.watches AS
SELECT w.user_id AS user_id, w.listing_id AS listing_id, w.created_at AS created_at
FROM {market}.watches w;
