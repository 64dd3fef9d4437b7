-- What the service's database account may do. Run by the owner of the tables after each migration:
--   psql "$OWNER_DATABASE_URL" -v app=warmbee_app -f config/grants.sql
-- The account is made once: CREATE ROLE warmbee_app LOGIN PASSWORD '…';

GRANT USAGE ON SCHEMA public TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";

-- The audit only grows. Forgetting what is old goes through a function that belongs to the owner and refuses what is young.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_link, audit_segment, audit_purge FROM :"app";
GRANT EXECUTE ON FUNCTION audit_forget(bigint, text) TO :"app";
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM :"app";
