-- What holds up the later events of its ticket: what is in flight, and what waits for another attempt. One index for both,
-- which answers by the ticket and by nothing else, so that the planner cannot take another one for the claim's check.
-- The lease check and the reading of a claim walk it too: it holds what the relays have in their hands, and little else.
CREATE INDEX outbox_blocking ON outbox (aggregate_id) INCLUDE (claim_token, processing_started_at)
    WHERE status = 'processing' OR status = 'pending' AND attempts > 0;
-- At once, and not in a later release, as no release has used them.
DROP INDEX outbox_processing, outbox_retrying;
