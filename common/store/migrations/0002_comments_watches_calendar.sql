-- What people say about a listing, what they watch, and the days of the calendar for the analysts' series.

-- No foreign key to listings in these two tables: a shared lock on the listing's row for every comment and every watch
-- would make its bids wait.
CREATE TABLE comments (
  id         BIGINT NOT NULL AUTO_INCREMENT,
  listing_id CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  author_id  VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  body       TEXT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  KEY comments_of_listing (listing_id, id),
  KEY comments_newest (created_at),
  CONSTRAINT comments_author FOREIGN KEY (author_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE watches (
  user_id    VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  listing_id CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (user_id, listing_id),
  KEY watches_of_listing (listing_id),
  CONSTRAINT watches_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE calendar (
  day        DATE NOT NULL,
  week_start DATE NOT NULL COMMENT 'Monday of its week',
  month      CHAR(7) NOT NULL COMMENT 'year and month, 2026-05',
  PRIMARY KEY (day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Every day from 2020 to 2039, counted up from the digits: a recursion of 7,305 steps is more than either server allows.
INSERT INTO calendar (day, week_start, month)
SELECT day, day - INTERVAL WEEKDAY(day) DAY, DATE_FORMAT(day, '%Y-%m')
FROM (
  SELECT DATE '2020-01-01' + INTERVAL ones.d + 10 * tens.d + 100 * hundreds.d + 1000 * thousands.d DAY AS day
  FROM (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
        UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) ones
  CROSS JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
        UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) tens
  CROSS JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
        UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) hundreds
  CROSS JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
        UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) thousands
) days
WHERE day < DATE '2040-01-01'
ORDER BY day;
