-- One row per person who ever signed in, without the e-mail address.
CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW {reporting}.users AS
SELECT u.id AS id, u.display_name AS display_name, u.created_at AS created_at
FROM {market}.users u;
