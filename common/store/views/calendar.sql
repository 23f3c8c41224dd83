-- One row per day, for series without gaps.
CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW {reporting}.calendar AS
SELECT d.day AS day, d.week_start AS week_start, d.month AS month
FROM {market}.calendar d;
