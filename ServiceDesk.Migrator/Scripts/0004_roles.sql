-- Least privilege: each service acts as a role that may do its own part only, whoever it logs in as. The roles belong to
-- the whole server, so another database's migration may be creating them right now. Where the migrating user may not
-- create roles, an administrator creates them beforehand, or the services run with Database__Role=none.
DO $roles$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['servicedesk_api', 'servicedesk_relay', 'servicedesk_notifier'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE WARNING 'role % not created: %', role_name, SQLERRM;
                CONTINUE;
        END;
        IF NOT pg_has_role(current_user, role_name, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        END IF;
    END LOOP;

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'servicedesk_api') THEN
        GRANT SELECT, INSERT, UPDATE ON tickets TO servicedesk_api;
        GRANT INSERT ON outbox TO servicedesk_api;
        GRANT SELECT ON schemaversions TO servicedesk_api;
    END IF;

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'servicedesk_relay') THEN
        GRANT SELECT, UPDATE, DELETE ON outbox TO servicedesk_relay;
        GRANT SELECT ON schemaversions TO servicedesk_relay;
    END IF;

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'servicedesk_notifier') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON processed_events TO servicedesk_notifier;
        GRANT SELECT, INSERT ON notifications TO servicedesk_notifier;
        GRANT SELECT ON schemaversions TO servicedesk_notifier;
    END IF;
END
$roles$;
