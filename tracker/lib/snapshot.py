"""Many reads that must agree with each other."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within is as it stood at the first reading; nothing is written within.

    Within a transaction the caller has begun it is that one's affair. It also spares the database
    work: of a cursor outside of a transaction it must keep all rows aside before it gives any.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
