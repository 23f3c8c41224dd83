-- The market: who sells what, who bids what, what came of it.
-- Money is BIGINT minor units of the listing's currency; times are UTC DATETIME(6); ids are compared byte by byte.

CREATE TABLE users (
  id           VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'subject of the identity token',
  alias        VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'public name as a seller',
  display_name VARCHAR(80) NOT NULL,
  email        VARCHAR(190) NULL,
  created_at   DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT users_alias UNIQUE (alias)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE categories (
  slug VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(80) NOT NULL,
  PRIMARY KEY (slug)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

INSERT INTO categories (slug, name) VALUES
  ('art', 'Art'), ('books', 'Books'), ('cameras', 'Cameras'), ('coins', 'Coins'),
  ('furniture', 'Furniture'), ('jewelry', 'Jewelry'), ('watches', 'Watches'), ('wine', 'Wine');

CREATE TABLE listings (
  id              CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'random, URL-safe',
  seller_id       VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  idempotency_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'of the request that made it',
  request_digest  CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'SHA-256 of what that request offered',
  title           VARCHAR(140) NOT NULL,
  description     TEXT NOT NULL,
  category        VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  format          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'english',
  currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  starting_price  BIGINT NOT NULL,
  reserve_price   BIGINT NULL COMMENT 'secret',
  buy_now_price   BIGINT NULL,
  increment       BIGINT NULL COMMENT 'flat step; NULL: the table of the currency',
  soft_close_window_seconds        INT NOT NULL,
  soft_close_extension_seconds     INT NOT NULL,
  soft_close_max_extension_seconds INT NOT NULL,
  created_at      DATETIME(6) NOT NULL,
  starts_at       DATETIME(6) NOT NULL,
  scheduled_end   DATETIME(6) NOT NULL,
  status          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  outcome         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  leader          INT NULL COMMENT 'number of the leading bidder on this listing',
  high_max        BIGINT NULL COMMENT 'secret',
  second_max      BIGINT NULL COMMENT 'secret',
  current_price   BIGINT NOT NULL COMMENT 'starting price before the first bid',
  bid_count       INT NOT NULL DEFAULT 0,
  bidder_count    INT NOT NULL DEFAULT 0,
  ends_at         DATETIME(6) NOT NULL COMMENT 'effective end, after extensions',
  closed_at       DATETIME(6) NULL,
  winner          INT NULL COMMENT 'number of the winning bidder on this listing',
  version          BIGINT NOT NULL DEFAULT 1,
  mirrored_version BIGINT NOT NULL DEFAULT 0,
  unmirrored       TINYINT GENERATED ALWAYS AS (version > mirrored_version) VIRTUAL,
  PRIMARY KEY (id),
  CONSTRAINT listings_idempotency UNIQUE (seller_id, idempotency_key),
  KEY listings_due (status, ends_at),
  KEY listings_newest (created_at, id),
  KEY listings_category (category, status, ends_at),
  KEY listings_unmirrored (unmirrored),
  CONSTRAINT listings_seller FOREIGN KEY (seller_id) REFERENCES users (id),
  CONSTRAINT listings_category FOREIGN KEY (category) REFERENCES categories (slug)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Who bids on what, under which number. No foreign keys here and on bids: each would lock a parent row for every
-- bid, and both tables are written under the listing's row lock by one piece of code.
CREATE TABLE bidders (
  listing_id CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bidder_id  VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  number     INT NOT NULL COMMENT 'by the order of first bids on the listing, from 1',
  PRIMARY KEY (listing_id, bidder_id),
  CONSTRAINT bidders_number UNIQUE (listing_id, number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Each row also says what the listing showed right after it: a repeated request is answered from it, a dispute is
-- settled by it, and replaying the rows must give it again.
CREATE TABLE bids (
  listing_id      CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             INT NOT NULL COMMENT 'order on the listing, taken under its row lock: its bid_count with this bid',
  bidder_id       VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  bidder          INT NOT NULL COMMENT 'the bidder''s number on the listing',
  max_amount      BIGINT NOT NULL COMMENT 'proxy maximum: secret',
  idempotency_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  placed_at       DATETIME(6) NOT NULL,
  leader          INT NOT NULL COMMENT 'who led after it',
  price           BIGINT NOT NULL COMMENT 'shown after it',
  ends_at         DATETIME(6) NOT NULL COMMENT 'effective end after it',
  version         BIGINT NOT NULL COMMENT 'of the listing after it',
  retracted_at      DATETIME(6) NULL,
  retracted_by      VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  retraction_reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (listing_id, seq),
  CONSTRAINT bids_idempotency UNIQUE (bidder_id, idempotency_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE notifications (
  id         BIGINT NOT NULL AUTO_INCREMENT,
  user_id    VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  listing_id CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  KEY notifications_of_user (user_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE audit_log (
  id         BIGINT NOT NULL AUTO_INCREMENT,
  at         DATETIME(6) NOT NULL,
  actor      VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'user id, or the operation that acted by itself',
  action     VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  listing_id CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  facts      JSON NOT NULL COMMENT 'before and after, as far as the action changed them',
  PRIMARY KEY (id),
  KEY audit_log_of_listing (listing_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
