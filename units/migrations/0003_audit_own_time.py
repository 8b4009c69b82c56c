"""History dates and numbers itself: whoever may append can neither backdate nor forge a number."""

from django.db import migrations

# clock_timestamp(), not now(): a transaction held open would date its entries at its begin.
FORWARD = """
CREATE FUNCTION units_auditentry_stamp() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.id := nextval(
        pg_get_serial_sequence(format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), 'id')
    );
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION units_auditentry_stamp() FROM PUBLIC;
CREATE TRIGGER units_auditentry_stamp BEFORE INSERT ON units_auditentry
    FOR EACH ROW EXECUTE FUNCTION units_auditentry_stamp();
"""
BACKWARD = """
DROP TRIGGER units_auditentry_stamp ON units_auditentry;
DROP FUNCTION units_auditentry_stamp();
"""


class Migration(migrations.Migration):
    dependencies = [("units", "0002_audit_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
