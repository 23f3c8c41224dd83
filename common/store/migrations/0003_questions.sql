-- What analysts asked and what became of it: the audit of nl_query. The rows they were shown are kept nowhere.

CREATE TABLE nl_questions (
  request_id      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  asked_at        DATETIME(6) NOT NULL,
  analyst         VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'address from the identity proxy',
  conversation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  unlisted        TINYINT NOT NULL DEFAULT 0 COMMENT '1: asked by a page for itself, not in the analyst''s history',
  question        TEXT NOT NULL,
  status          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  canonical_sql   TEXT NULL COMMENT 'what ran, or would have',
  error_code      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  errno           INT NULL COMMENT 'the database''s',
  milliseconds    DOUBLE NOT NULL,
  row_count       INT NULL,
  tokens_in       INT NULL COMMENT 'NULL: no model was asked, or it did not say',
  tokens_cached   INT NULL,
  tokens_out      INT NULL,
  cost            DECIMAL(12, 6) NULL COMMENT 'US dollars',
  model           VARCHAR(128) NULL,
  prompt_version  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  verified_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the verified question that answered',
  explanation     TEXT NULL,
  chart           JSON NULL,
  PRIMARY KEY (request_id),
  KEY nl_questions_of_analyst (analyst, asked_at),
  KEY nl_questions_of_conversation (conversation_id, asked_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE nl_marks (
  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  analyst    VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  thumb      VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'up or down',
  note       VARCHAR(1000) NULL COMMENT 'said with the thumb',
  saved_at   DATETIME(6) NULL COMMENT 'NULL: not among his saved questions',
  changed_at DATETIME(6) NOT NULL,
  PRIMARY KEY (request_id, analyst),
  KEY nl_marks_saved (analyst, saved_at),
  CONSTRAINT nl_marks_question FOREIGN KEY (request_id) REFERENCES nl_questions (request_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Answers that a reviewer found right: from then on they are verified questions like those of common/nl/verified.
CREATE TABLE nl_verified (
  request_id    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the question it was made of',
  question      TEXT NOT NULL COMMENT 'as the reviewer worded it',
  canonical_sql TEXT NOT NULL,
  explanation   TEXT NULL,
  chart         JSON NULL,
  reviewer      VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  reviewed_at   DATETIME(6) NOT NULL,
  PRIMARY KEY (request_id),
  CONSTRAINT nl_verified_question FOREIGN KEY (request_id) REFERENCES nl_questions (request_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
