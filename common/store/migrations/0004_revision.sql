-- So that what a seller offered can be remembered between bids and known to have changed.

ALTER TABLE listings ADD COLUMN revision INT NOT NULL DEFAULT 1 COMMENT 'rises when the offer changes: title, terms, anything but the standing';
