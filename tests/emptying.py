"""Emptying the database after a test that commits: of few rows quicker than by TRUNCATE.

TRUNCATE makes the files of all tables and indexes anew, a third of a second however few the rows.
"""

from functools import cache

from django.db import connection, transaction

# Their triggers refuse DELETE; those that refuse TRUNCATE are dropped in the tests' database.
APPEND_ONLY = (
    "tasks_snapshotrow",
    "tasks_snapshot",
    "units_auditentry",
    "units_seal",
    "units_monthseal",
    "units_dayhead",
)
# What migrating put there is the same for all tests.
KEPT = {"django_content_type", "auth_permission"}
FEW = 1000  # rows; beyond, it is the rows that take the time


@cache
def _tables() -> list[str]:
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(found) - KEPT)


def empty() -> None:
    """Wait until nobody else is at the tables, and empty them."""
    tables = ", ".join(map(connection.ops.quote_name, _tables()))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
        counts = " UNION ALL ".join(
            f"SELECT '{table}', (SELECT count(*) FROM {connection.ops.quote_name(table)})"  # noqa: S608 - names of tables
            for table in _tables()
        )
        cursor.execute(counts)
        rows = {table: number for table, number in cursor.fetchall() if number}
        if sum(rows.values()) > FEW:
            cursor.execute(f"TRUNCATE {tables}")
            return
        if rows.keys() & set(APPEND_ONLY):
            cursor.execute(f"TRUNCATE {', '.join(APPEND_ONLY)}")
        for table in rows.keys() - set(APPEND_ONLY):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of tables
