"""Search by parts of words: two functions, and indexes that need no upkeep (tracker/lib/search.py).

The functions name nothing that depends on the search path, so that indexes can be made again by
a restore or by maintenance. `COST` tells the planner to ask the index rather than to count the
codes of each row. `fastupdate` is off: a list of pending entries would be read by each search.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION search_fold(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(normalize(words, NFKC) COLLATE "C");
CREATE FUNCTION search_grams(words text) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000
    BEGIN ATOMIC
        SELECT coalesce(
            array_agg(ascii(one)::bigint << 21 | coalesce(ascii(next), 0))
                || array_agg(ascii(one)::bigint),
            '{}'
        )
        FROM (SELECT string_to_array(search_fold(words), NULL) AS letters) AS folded,
            LATERAL unnest(letters, letters[2:]) AS pair(one, next);
    END;
"""
NO_FUNCTIONS = """
DROP FUNCTION search_grams(text);
DROP FUNCTION search_fold(text);
"""
TABLES = ("units_unit", "units_unitname", "units_jurisdiction")
INDEXES = "\n".join(
    f"CREATE INDEX {table}_grams ON {table} USING gin (search_grams((name)::text))"
    " WITH (fastupdate = off);"
    for table in TABLES
)
NO_INDEXES = "\n".join(f"DROP INDEX {table}_grams;" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("units", "0004_accounts")]
    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(INDEXES, NO_INDEXES),
    ]
