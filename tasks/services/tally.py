"""Counts over what was itself grouped or computed, which the ORM cannot ask in one statement."""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def tally(rows: Any) -> list[tuple[Any, int]]:
    """How often each value occurs; `rows` is a query of one column."""
    sql, params = rows.query.sql_with_params()
    return _asked(
        f"SELECT t.v, count(*) FROM ({sql}) AS t (v) GROUP BY t.v",  # noqa: S608 - Django's own
        params,
    )


def grouped(rows: Any, keys: Sequence[str], figure: str) -> list[tuple[Any, ...]]:
    """By the values of `keys`: how many rows, how many with a figure, and its sum.

    `rows` is a query of annotations of these names, which the caller writes out.
    """
    sql, params = rows.query.sql_with_params()
    names = ", ".join(f't."{key}"' for key in keys)
    return _asked(
        f'SELECT {names}, count(*), count(t."{figure}"), sum(t."{figure}")'  # noqa: S608 - as above
        f" FROM ({sql}) AS t GROUP BY {names}",
        params,
    )


def _asked(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Any] = cursor.fetchall()
    return found
