-- What the services' roles lack, as the statements that give it, in the order in which they work; and whether a service
-- cannot work without. Least privilege: each service acts as a role that may do its own part only, whoever it logs in
-- as. The console's own role is not required, as everything works without a console. $1 is one role for all services,
-- or null.
WITH needed (service, relation, privileges) AS (
    VALUES
        ('servicedesk_api',      'schemaversions',   ARRAY['SELECT']),
        ('servicedesk_api',      'tickets',          ARRAY['SELECT', 'INSERT', 'UPDATE']),
        ('servicedesk_api',      'outbox',           ARRAY['INSERT']),
        ('servicedesk_api',      'change_keys',      ARRAY['SELECT', 'INSERT', 'DELETE']),
        ('servicedesk_relay',    'schemaversions',   ARRAY['SELECT']),
        ('servicedesk_relay',    'outbox',           ARRAY['SELECT', 'UPDATE', 'DELETE']),
        ('servicedesk_relay',    'outbox_id_seq',    ARRAY['SELECT']),
        ('servicedesk_relay',    'pauses',           ARRAY['SELECT']),
        ('servicedesk_relay',    'instances',        ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('servicedesk_notifier', 'schemaversions',   ARRAY['SELECT']),
        ('servicedesk_notifier', 'processed_events', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('servicedesk_notifier', 'notifications',    ARRAY['SELECT', 'INSERT']),
        ('servicedesk_notifier', 'consumed_topics',  ARRAY['SELECT', 'INSERT', 'UPDATE']),
        ('servicedesk_notifier', 'pauses',           ARRAY['SELECT']),
        ('servicedesk_notifier', 'instances',        ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('servicedesk_notifier', 'held_events',      ARRAY['SELECT', 'INSERT', 'DELETE']),
        ('servicedesk_operator', 'schemaversions',   ARRAY['SELECT']),
        ('servicedesk_operator', 'tickets',          ARRAY['SELECT', 'UPDATE']),
        ('servicedesk_operator', 'outbox',           ARRAY['SELECT', 'UPDATE', 'DELETE']),
        ('servicedesk_operator', 'outbox_id_seq',    ARRAY['SELECT']),
        ('servicedesk_operator', 'processed_events', ARRAY['SELECT', 'UPDATE']),
        ('servicedesk_operator', 'notifications',    ARRAY['SELECT', 'UPDATE']),
        ('servicedesk_operator', 'consumed_topics',  ARRAY['SELECT']),
        ('servicedesk_operator', 'dead_letters',     ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('servicedesk_operator', 'dead_letter_positions',  ARRAY['SELECT', 'INSERT', 'UPDATE']),
        ('servicedesk_operator', 'operator_actions',       ARRAY['SELECT', 'INSERT', 'UPDATE']),
        ('servicedesk_operator', 'operator_action_events', ARRAY['SELECT', 'INSERT']),
        ('servicedesk_operator', 'pauses',           ARRAY['SELECT', 'INSERT', 'DELETE']),
        ('servicedesk_operator', 'held_events',      ARRAY['SELECT', 'DELETE']),
        ('servicedesk_operator', 'instances',        ARRAY['SELECT'])
), server AS (
    -- From 16 on a membership may come without the right to SET ROLE: so it does for who creates a role, not being
    -- superuser.
    SELECT current_setting('server_version_num')::int >= 160000 AS has_set_option
), home AS (
    SELECT oid, nspname, nspacl FROM pg_namespace WHERE nspname = current_schema()
), acting AS (
    SELECT DISTINCT coalesce($1, service) AS name, found.oid
    FROM needed LEFT JOIN pg_roles AS found ON found.rolname = coalesce($1, service)
), granted AS (
    SELECT acting.name, acting.oid, nspname, relation, class.oid AS class, privilege
    FROM needed JOIN acting ON acting.name = coalesce($1, service)
    CROSS JOIN home JOIN pg_class AS class ON class.relnamespace = home.oid AND class.relname = relation
    CROSS JOIN unnest(privileges) AS held(privilege)
), missing AS (
    SELECT 1 AS step, name, '' AS relation, true AS required, format('CREATE ROLE %I NOLOGIN', name) AS statement
    FROM acting WHERE oid IS NULL
    UNION ALL
    SELECT 2, name, '', true,
           format('GRANT %I TO %I', name, current_user) || CASE WHEN has_set_option THEN ' WITH SET TRUE' ELSE '' END
    FROM acting, server
    WHERE oid IS NULL OR NOT pg_has_role(current_user, oid, CASE WHEN has_set_option THEN 'SET' ELSE 'MEMBER' END)
    UNION ALL
    -- Also where PUBLIC has it: an administrator may take it from PUBLIC tomorrow.
    SELECT 3, name, '', acting.oid IS NULL OR NOT has_schema_privilege(acting.oid, home.oid, 'USAGE'),
           format('GRANT USAGE ON SCHEMA %I TO %I', nspname, name)
    FROM acting, home
    WHERE acting.oid IS NULL OR NOT EXISTS (
        SELECT FROM aclexplode(nspacl) AS acl WHERE acl.grantee = acting.oid AND acl.privilege_type = 'USAGE')
    UNION ALL
    SELECT 4, name, relation, true,
           format('GRANT %s ON %I.%I TO %I', string_agg(DISTINCT privilege, ', '), nspname, relation, name)
    FROM granted
    WHERE oid IS NULL OR NOT has_table_privilege(oid, class, privilege)
    GROUP BY name, nspname, relation
)
SELECT name, statement, required AND name <> 'servicedesk_operator' AS required FROM missing
ORDER BY step, name, relation
