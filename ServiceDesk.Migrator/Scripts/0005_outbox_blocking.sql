-- Events that hold up later ones of their ticket: those in flight, and those waiting for another attempt. One index
-- serves both, keyed by ticket alone, so that the planner cannot choose another one for the claim's check.
-- The lease check and the reading of a claim walk it too, as it holds little but the relays' current claims.
CREATE INDEX outbox_blocking ON outbox (aggregate_id) INCLUDE (claim_token, processing_started_at)
    WHERE status = 'processing' OR status = 'pending' AND attempts > 0;
-- At once, and not in a later release, as no release has used them.
DROP INDEX outbox_processing, outbox_retrying;
