-- The id of the topic that a consumer group's position belongs to: a topic that is deleted and made anew keeps its name
-- but begins at offset 0 again, and must be read from there.
CREATE TABLE consumed_topics (
    group_id  text    NOT NULL,
    topic     text    NOT NULL,
    partition integer NOT NULL,
    topic_id  uuid    NOT NULL,
    PRIMARY KEY (group_id, topic, partition)
);

DO $rights$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'servicedesk_notifier') THEN
        GRANT SELECT, INSERT, UPDATE ON consumed_topics TO servicedesk_notifier;
    END IF;
END
$rights$;
