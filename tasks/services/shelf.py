"""Where files lie: named by their digest, there as long as a row names them."""

import contextlib
import logging
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from tasks.models import Evidence

logger = logging.getLogger(__name__)
# What was laid down since the outermost `kept_whole` of this thread began.
_laid: ContextVar[list[tuple[Path, str]] | None] = ContextVar("laid", default=None)


@contextlib.contextmanager
def kept_whole() -> Iterator[None]:
    """A transaction that leaves no file behind where it comes to nothing.

    Whoever writes a row and puts files with it opens one around both; those inside belong to it.
    """
    if _laid.get() is not None:
        with transaction.atomic():
            yield
        return
    laid: list[tuple[Path, str]] = []
    token, whole = _laid.set(laid), False
    try:
        with transaction.atomic():
            yield
            undone = transaction.get_rollback()
        whole = not undone
    finally:
        _laid.reset(token)
        if not whole:
            _clear(laid)


def put(source: Path, target: Path, sha256: str) -> None:
    """Lay a file down under its digest, for a row of the same transaction; inside `kept_whole`."""
    hold(sha256)
    laid = _laid.get()
    if laid is not None:
        laid.append((target, sha256))
    target.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(0o640)
    source.replace(target)


def folder() -> Path:
    """Where evidence lies; files on their way lie beside."""
    found = Path(settings.FILES_DIR) / "evidence"
    found.mkdir(parents=True, exist_ok=True)
    return found


def hold(sha256: str) -> None:
    """Until the end of the transaction nobody else lays down or drops this content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])


def drop_unused(path: Path, sha256: str) -> None:
    """Remove a file that no row names."""
    with transaction.atomic():
        hold(sha256)
        if not Evidence.objects.filter(sha256=sha256, kind=path.suffix[1:]).exists():
            path.unlink(missing_ok=True)


def _clear(laid: list[tuple[Path, str]]) -> None:
    """Take away what came to nothing; what went wrong before is what is told."""
    for path, sha256 in laid:
        try:
            drop_unused(path, sha256)
        except (DatabaseError, OSError) as error:
            logger.warning("A file that no row names stays at %s: %s", path, error)
