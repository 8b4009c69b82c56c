"""The audit log is append-only: the database itself refuses to change or empty it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION units_auditentry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'units_auditentry is append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER units_auditentry_no_change BEFORE UPDATE OR DELETE ON units_auditentry
    FOR EACH ROW EXECUTE FUNCTION units_auditentry_refuse();
CREATE TRIGGER units_auditentry_no_truncate BEFORE TRUNCATE ON units_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION units_auditentry_refuse();
"""
BACKWARD = """
DROP TRIGGER units_auditentry_no_truncate ON units_auditentry;
DROP TRIGGER units_auditentry_no_change ON units_auditentry;
DROP FUNCTION units_auditentry_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
