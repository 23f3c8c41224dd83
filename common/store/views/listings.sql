-- One row per auction: amounts in major units, bidders by their ids, the category by its name, the status of this
-- moment (`status_at` in common/domain/listing.py). Left joins, never subqueries: a query is merged with this and goes by
-- the tables' own indexes, and MariaDB leaves out what the query does not ask for.
CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW {reporting}.listings AS
SELECT
  l.id AS id,
  l.seller_id AS seller_id,
  l.title AS title,
  l.description AS description,
  c.name AS category,
  CAST(l.starting_price / 100 AS DECIMAL(14, 2)) AS starting_price,
  CAST(l.reserve_price / 100 AS DECIMAL(14, 2)) AS reserve_price,
  CAST(l.buy_now_price / 100 AS DECIMAL(14, 2)) AS buy_now_price,
  CAST(CASE WHEN l.bid_count > 0 THEN l.current_price END / 100 AS DECIMAL(14, 2)) AS current_price,
  h.bidder_id AS highest_bidder_id,
  l.bid_count AS bid_count,
  CASE
    WHEN l.status = 'scheduled' AND l.starts_at <= UTC_TIMESTAMP(6) THEN 'active'
    ELSE CONVERT(l.status USING utf8mb4)
  END AS status,
  l.starts_at AS starts_at,
  l.ends_at AS ends_at,
  l.closed_at AS closed_at,
  w.bidder_id AS winner_id
FROM {market}.listings l
LEFT JOIN {market}.categories c ON c.slug = l.category
LEFT JOIN {market}.bidders h ON h.listing_id = l.id AND h.number = l.leader
LEFT JOIN {market}.bidders w ON w.listing_id = l.id AND w.number = l.winner AND l.outcome = 'sold';
