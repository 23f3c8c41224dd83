"""Free questions about the sample market with SQL for them, all written by hand. None is a verified question."""

from dev.model_server.query import Query, bars, line

QUERIES = (
    Query(
        "Which sellers' auctions attract the most watchers on average?",
        """
        SELECT s.seller_id, u.display_name, AVG(s.watchers) AS avg_watchers, COUNT(*) AS auctions
        FROM (SELECT l.id, l.seller_id, COUNT(w.user_id) AS watchers
              FROM listings l LEFT JOIN watches w ON w.listing_id = l.id GROUP BY l.id, l.seller_id) s
        JOIN users u ON u.id = s.seller_id
        GROUP BY s.seller_id, u.display_name
        HAVING COUNT(*) >= 3
        ORDER BY avg_watchers DESC, s.seller_id
        LIMIT 10
        """,
        "Sellers by the average number of watchers of their listings, the ten highest.",
        bars("display_name", "avg_watchers"),
        ["Only sellers with at least 3 listings."],
    ),
    Query(
        "How long do we wait for the first bid in each category?",
        """
        SELECT l.category, ROUND(AVG(TIMESTAMPDIFF(SECOND, l.starts_at, f.first_at)) / 3600, 1) AS avg_hours
        FROM listings l
        JOIN (SELECT listing_id, MIN(placed_at) AS first_at FROM bids GROUP BY listing_id) f ON f.listing_id = l.id
        GROUP BY l.category
        ORDER BY avg_hours
        """,
        "Average hours from a listing's opening to its first bid, by category.",
        bars("category", "avg_hours"),
        ["Listings without bids are left out."],
    ),
    Query(
        "What part of our bids falls on weekends?",
        "SELECT ROUND(100 * SUM(WEEKDAY(placed_at) >= 5) / NULLIF(COUNT(*), 0), 2) AS weekend_pct FROM bids",
        "Bids placed on Saturdays and Sundays as a percentage of all bids.",
        None,
        ["Days are counted in UTC."],
    ),
    Query(
        "What sold for more than ten times its starting price?",
        """
        SELECT id, title, starting_price, current_price, ROUND(current_price / starting_price, 1) AS times_start
        FROM listings
        WHERE winner_id IS NOT NULL AND current_price > 10 * starting_price
        ORDER BY times_start DESC, id
        """,
        "Sold listings whose hammer price was more than ten times their starting price.",
    ),
    Query(
        "In the past half year, how many auctions ended without any bid, month by month?",
        """
        SELECT DATE_FORMAT(closed_at, '%Y-%m') AS closing_month, COUNT(*) AS without_bids
        FROM listings
        WHERE status = 'closed' AND bid_count = 0 AND closed_at >= CURDATE() - INTERVAL 6 MONTH
        GROUP BY closing_month
        ORDER BY closing_month
        """,
        "Closed auctions that had no bid, by the month they closed.",
        line("closing_month", "without_bids"),
        ["The first month may be a part of one."],
    ),
    Query(
        "Where do many people watch but few bid? By category please",
        """
        SELECT w.category, w.watchers, COALESCE(b.bidders, 0) AS bidders,
               ROUND(w.watchers / NULLIF(b.bidders, 0), 2) AS watchers_per_bidder
        FROM (SELECT l.category, COUNT(*) AS watchers FROM watches x JOIN listings l ON l.id = x.listing_id
              GROUP BY l.category) w
        LEFT JOIN (SELECT l.category, COUNT(DISTINCT b.listing_id, b.bidder_id) AS bidders
                   FROM bids b JOIN listings l ON l.id = b.listing_id GROUP BY l.category) b ON b.category = w.category
        ORDER BY watchers_per_bidder DESC
        """,
        "Watch-list entries against bidder-listing pairs, by category; the highest ratio first.",
        bars("category", "watchers_per_bidder"),
    ),
    Query(
        "Which sellers used to sell here but have not opened an auction for 60 days?",
        """
        SELECT u.id, u.display_name, MAX(l.starts_at) AS last_opened, COUNT(*) AS auctions
        FROM listings l JOIN users u ON u.id = l.seller_id
        GROUP BY u.id, u.display_name
        HAVING MAX(l.starts_at) < NOW() - INTERVAL 60 DAY
        ORDER BY last_opened DESC, u.id
        """,
        "Sellers whose latest auction opened more than 60 days ago.",
    ),
    Query(
        "Who is most often the underbidder?",
        """
        SELECT u.id, u.display_name, COUNT(*) AS times_second
        FROM (SELECT b.listing_id, b.bidder_id,
                     ROW_NUMBER() OVER (PARTITION BY b.listing_id ORDER BY MAX(b.amount) DESC, b.bidder_id) AS place
              FROM bids b JOIN listings l ON l.id = b.listing_id
              WHERE l.winner_id IS NOT NULL AND b.bidder_id <> l.winner_id
              GROUP BY b.listing_id, b.bidder_id) r
        JOIN users u ON u.id = r.bidder_id
        WHERE r.place = 1
        GROUP BY u.id, u.display_name
        ORDER BY times_second DESC, u.id
        LIMIT 10
        """,
        "People by how often theirs was the highest bid of those who did not win a sold listing.",
        bars("display_name", "times_second"),
    ),
    Query(
        "How many auctions were won by a bid in the very last minute?",
        """
        SELECT COUNT(DISTINCT l.id) AS last_minute_wins
        FROM listings l JOIN bids b ON b.listing_id = l.id AND b.bidder_id = l.winner_id
        WHERE b.placed_at >= l.ends_at - INTERVAL 1 MINUTE
        """,
        "Sold listings whose winner placed a bid in the 60 seconds before the end.",
    ),
    Query(
        "How many different people compete for a listing before it sells, by category?",
        """
        SELECT category, AVG(bidders) AS avg_bidders
        FROM (SELECT l.category, l.id, COUNT(DISTINCT b.bidder_id) AS bidders
              FROM listings l JOIN bids b ON b.listing_id = l.id
              WHERE l.winner_id IS NOT NULL GROUP BY l.category, l.id) t
        GROUP BY category
        ORDER BY avg_bidders DESC
        """,
        "The average number of different bidders of a sold listing, by category.",
        bars("category", "avg_bidders"),
    ),
    Query(
        "How much money was left on the table by auctions that missed their reserve, per month?",
        """
        SELECT DATE_FORMAT(closed_at, '%Y-%m') AS closing_month, SUM(current_price) AS highest_bids
        FROM listings
        WHERE status = 'closed' AND winner_id IS NULL AND current_price IS NOT NULL
        GROUP BY closing_month
        ORDER BY closing_month
        """,
        "The sum of the highest bids on auctions that closed unsold, by month.",
        line("closing_month", "highest_bids"),
    ),
    Query(
        "Which buyers shop around, with purchases from three sellers or more?",
        """
        SELECT u.id, u.display_name, COUNT(DISTINCT l.seller_id) AS sellers, COUNT(*) AS purchases
        FROM listings l JOIN users u ON u.id = l.winner_id
        GROUP BY u.id, u.display_name
        HAVING COUNT(DISTINCT l.seller_id) >= 3
        ORDER BY sellers DESC, u.id
        """,
        "Buyers by the number of different sellers they bought from, at least three.",
    ),
    Query(
        "Which unsold listings came closest to their reserve?",
        """
        SELECT id, title, reserve_price, current_price, reserve_price - current_price AS missing
        FROM listings
        WHERE status = 'closed' AND winner_id IS NULL AND current_price < reserve_price
        ORDER BY missing, id
        LIMIT 10
        """,
        "Unsold listings with bids by what was missing to the reserve, the smallest gap first.",
        bars("title", "missing"),
    ),
    Query(
        "Do listings that people comment on sell better?",
        """
        SELECT CASE WHEN c.listing_id IS NULL THEN 'no comments' ELSE 'with comments' END AS talk,
               COUNT(*) AS closed_listings, ROUND(100 * SUM(l.winner_id IS NOT NULL) / COUNT(*), 2) AS sell_through_pct
        FROM listings l LEFT JOIN (SELECT DISTINCT listing_id FROM comments) c ON c.listing_id = l.id
        WHERE l.status = 'closed'
        GROUP BY talk
        ORDER BY talk
        """,
        "Sell-through of closed listings with and without comments.",
        bars("talk", "sell_through_pct"),
    ),
    Query(
        "Which live auctions run the longest from start to end?",
        """
        SELECT id, title, starts_at, ends_at, ROUND(TIMESTAMPDIFF(MINUTE, starts_at, ends_at) / 1440, 1) AS days
        FROM listings WHERE status = 'active' ORDER BY days DESC, id LIMIT 10
        """,
        "Live auctions by the days between their opening and their end.",
    ),
    Query(
        "How many people listed something for the first time, month by month?",
        """
        SELECT DATE_FORMAT(first_at, '%Y-%m') AS first_month, COUNT(*) AS new_sellers
        FROM (SELECT seller_id, MIN(starts_at) AS first_at FROM listings GROUP BY seller_id) f
        GROUP BY first_month
        ORDER BY first_month
        """,
        "Sellers by the month in which their first listing opened.",
        line("first_month", "new_sellers"),
    ),
    Query(
        "What was our busiest day ever in bids?",
        """
        SELECT DATE(placed_at) AS bid_day, COUNT(*) AS bids_placed FROM bids
        GROUP BY DATE(placed_at) ORDER BY bids_placed DESC, bid_day LIMIT 1
        """,
        "The day with the most bids.",
    ),
    Query(
        "On which listings does one person bid alone against nobody?",
        """
        SELECT l.id, l.title, COUNT(*) AS bids_placed
        FROM listings l JOIN bids b ON b.listing_id = l.id
        GROUP BY l.id, l.title
        HAVING COUNT(DISTINCT b.bidder_id) = 1 AND COUNT(*) >= 2
        ORDER BY bids_placed DESC, l.id
        """,
        "Listings with two or more bids, all by the same person.",
    ),
    Query(
        "Do repeat buyers pay more than one-time buyers?",
        """
        SELECT CASE WHEN p.purchases > 1 THEN 'repeat' ELSE 'one-time' END AS buyers, AVG(l.current_price) AS avg_price
        FROM listings l
        JOIN (SELECT winner_id, COUNT(*) AS purchases FROM listings WHERE winner_id IS NOT NULL GROUP BY winner_id) p
          ON p.winner_id = l.winner_id
        GROUP BY buyers
        ORDER BY buyers
        """,
        "The average hammer price paid by people who bought once and by those who bought more often.",
        bars("buyers", "avg_price"),
    ),
    Query(
        "How dependent are we on our ten largest sellers?",
        """
        SELECT ROUND(100 * SUM(CASE WHEN place <= 10 THEN gmv ELSE 0 END) / NULLIF(SUM(gmv), 0), 2) AS top_ten_pct
        FROM (SELECT seller_id, SUM(current_price) AS gmv,
                     ROW_NUMBER() OVER (ORDER BY SUM(current_price) DESC, seller_id) AS place
              FROM listings WHERE winner_id IS NOT NULL GROUP BY seller_id) s
        """,
        "The share of all GMV that the ten sellers with the highest GMV brought.",
    ),
    Query(
        "How many bids came in on each of the last 14 days?",
        """
        SELECT c.day, COUNT(b.id) AS bids_placed
        FROM calendar c LEFT JOIN bids b ON DATE(b.placed_at) = c.day
        WHERE c.day >= CURDATE() - INTERVAL 13 DAY AND c.day <= CURDATE()
        GROUP BY c.day
        ORDER BY c.day
        """,
        "Bids by the day they were placed; a day without any shows 0.",
        line("day", "bids_placed"),
        ["Today counts as one of them."],
    ),
    Query(
        "Which live auctions are watched a lot but nobody dares to bid?",
        """
        SELECT l.id, l.title, COUNT(w.user_id) AS watchers, l.ends_at
        FROM listings l JOIN watches w ON w.listing_id = l.id
        WHERE l.status = 'active' AND l.bid_count = 0
        GROUP BY l.id, l.title, l.ends_at
        HAVING COUNT(w.user_id) >= 2
        ORDER BY watchers DESC, l.id
        """,
        "Live auctions without a bid by the number of their watchers.",
        None,
        ["At least two watchers."],
    ),
    Query(
        "How are hammer prices spread?",
        """
        SELECT CASE WHEN current_price < 50 THEN '1: under 50' WHEN current_price < 200 THEN '2: 50 to 199'
                    WHEN current_price < 1000 THEN '3: 200 to 999' ELSE '4: 1,000 and more' END AS band,
               COUNT(*) AS sold_listings
        FROM listings WHERE winner_id IS NOT NULL
        GROUP BY band
        ORDER BY band
        """,
        "Sold listings by bands of their hammer price.",
        bars("band", "sold_listings"),
    ),
    Query(
        "How many people bid in more than one category?",
        """
        SELECT COUNT(*) AS bidders
        FROM (SELECT b.bidder_id FROM bids b JOIN listings l ON l.id = b.listing_id
              GROUP BY b.bidder_id HAVING COUNT(DISTINCT l.category) > 1) m
        """,
        "People with bids on listings of at least two categories.",
    ),
    Query(
        "In which categories do we gain buyers, month by month this year?",
        """
        SELECT DATE_FORMAT(closed_at, '%Y-%m') AS closing_month, category, COUNT(DISTINCT winner_id) AS buyers
        FROM listings
        WHERE winner_id IS NOT NULL AND closed_at >= DATE_FORMAT(CURDATE(), '%Y-01-01')
        GROUP BY closing_month, category
        ORDER BY closing_month, category
        """,
        "Different buyers by the month in which the listing closed and its category.",
        line("closing_month", "buyers", "category"),
    ),
)
