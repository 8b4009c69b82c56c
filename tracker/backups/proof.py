"""What a backup is compared by: rows and digest of each table, files, the chain's head."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from tracker.backups.refusal import BackupError
from tracker.lib.excel.files import digest

MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
FORMAT: Final = 1
# Independent of the rows' order: the sum of the rows' digests.
COUNT: Final = """
SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text
FROM {} AS t
"""


@dataclass(frozen=True)
class Table:
    """A table's rows and digest."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Stored:
    """A file under the folder of files."""

    path: str
    size: int
    sha256: str


@dataclass
class Manifest:
    """All that a restore compares."""

    made_at: str
    server: int
    dump: Stored
    tables: dict[str, Table]
    files: list[Stored]
    chain: dict[str, Any]
    migrations: list[str] = field(default_factory=list)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Into the backup's folder, with a digest of its own beside."""
        content = json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()
        (folder / MANIFEST).write_bytes(content)
        (folder / f"{MANIFEST}.sha256").write_text(
            f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n", encoding="ascii"
        )


def read(folder: Path) -> Manifest:
    """The manifest of a backup; BackupError where there is none, or it was changed."""
    try:
        content = (folder / MANIFEST).read_bytes()
        kept = (folder / f"{MANIFEST}.sha256").read_text(encoding="ascii").split()[0]
        if hashlib.sha256(content).hexdigest() != kept:
            raise BackupError(
                _("%(path)s 与它的摘要不符：备份已损坏。") % {"path": folder / MANIFEST}
            )
        told = json.loads(content)
        if told["format"] != FORMAT:
            raise BackupError(
                _("备份的格式是%(format)s，本程序不认识。") % {"format": told["format"]}
            )
        told["dump"] = Stored(**told["dump"])
        told["files"] = [Stored(**one) for one in told["files"]]
        told["tables"] = {name: Table(**one) for name, one in told["tables"].items()}
        return Manifest(**told)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        text = _("%(folder)s 不是完整的备份：没有可读的 %(name)s。")
        raise BackupError(text % {"folder": folder, "name": MANIFEST}) from error


def tables() -> dict[str, Table]:
    """Rows and digest of each table, as this transaction sees them."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'")
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL extra_float_digits = 1")
        for name in names():
            cursor.execute(sql.SQL(COUNT).format(sql.Identifier("public", name)))
            rows, text = cursor.fetchone()
            found[name] = Table(rows, text)
    return found


def names() -> list[str]:
    """The tables of the site's database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def files(root: Path) -> Iterator[Stored]:
    """The files below a folder, without what is being written."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".tmp-"):
            written = digest(path)
            yield Stored(path.relative_to(root).as_posix(), written.size, written.sha256)


def stored_at(folder: Path, sha256: str) -> Path:
    """Where a file lies in a backup: by its digest, equal ones once."""
    return folder / "files" / sha256[:2] / sha256
