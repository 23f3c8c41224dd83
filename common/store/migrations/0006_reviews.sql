-- Who made which verified question, and who took it back: a row for each act, never changed. What is taken back leaves
-- nl_verified, so that functions of the release before forget it too.

CREATE TABLE nl_reviews (
  id            BIGINT NOT NULL AUTO_INCREMENT,
  at            DATETIME(6) NOT NULL,
  reviewer      VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  action        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'verified or retracted',
  request_id    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the question it was made of',
  question      TEXT NOT NULL COMMENT 'as it was worded then',
  canonical_sql TEXT NOT NULL,
  note          VARCHAR(1000) NULL COMMENT 'why it was taken back',
  PRIMARY KEY (id),
  KEY nl_reviews_of_question (request_id, id),
  CONSTRAINT nl_reviews_question FOREIGN KEY (request_id) REFERENCES nl_questions (request_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
