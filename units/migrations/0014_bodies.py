"""Where a person belongs, as text, for the log's insert: planned once a session, not each time."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION units_bodies(person_id bigint, day date) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF person_id IS NULL THEN
        RETURN '';
    END IF;
    RETURN coalesce((
        SELECT string_agg(name, '、' ORDER BY name) FROM (
            SELECT DISTINCT coalesce(unit.name, office.name, place.name) COLLATE "C" AS name
              FROM units_membership AS post
              JOIN units_user AS person ON person.id = post.user_id AND person.is_active
              LEFT JOIN units_unit AS unit ON unit.id = post.unit_id
              LEFT JOIN units_office AS office ON office.id = post.office_id
              LEFT JOIN units_jurisdiction AS place ON place.id = post.jurisdiction_id
             WHERE post.user_id = person_id
               AND (post.since IS NULL OR post.since <= day)
               AND (post.until IS NULL OR post.until >= day)
               AND coalesce(unit.name, office.name, place.name) IS NOT NULL
             ORDER BY name LIMIT 3
        ) AS bodies
    ), '');
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("units", "0013_seals")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION units_bodies(bigint, date)")]
