"""Counts over what was itself grouped, which the ORM cannot ask in one statement."""

from typing import Any

from django.db import connection


def tally(rows: Any) -> list[tuple[Any, int]]:
    """How often each value occurs; `rows` is a query of one column."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.v, count(*) FROM ({sql}) AS t (v) GROUP BY t.v",  # noqa: S608 - Django's own
            params,
        )
        found: list[tuple[Any, int]] = cursor.fetchall()
    return found
