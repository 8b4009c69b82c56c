"""The database's own programs, of a version that fits the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tracker.backups.refusal import BackupError
from tracker.embedded import binaries
from tracker.embedded.refusal import Refusal

VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
# What of a connection the programs take from the environment.
VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "passfile": "PGPASSFILE",
}  # fmt: skip


def run(name: str, *arguments: str) -> None:
    """Run one of the programs against the site's database; its own words where it fails."""
    program = find(name, server_major())
    done = subprocess.run(  # noqa: S603 - the database's own program, arguments of ours
        [str(program), *arguments],
        env=environment(connection.get_connection_params()),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        words = {"program": name, "words": "；".join(lines[:3])}
        raise BackupError(_("%(program)s没有完成：%(words)s") % words)


def server_major() -> int:
    """The server's major version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def find(name: str, major: int) -> Path:
    """The program of the server's own version, else of a later one, which reads it too."""
    found = {version: path for path in _candidates(name) if (version := _major(path))}
    fitting = sorted(version for version in found if version >= major)
    if not fitting:
        words = {"program": name, "major": major, "found": _versions(found)}
        raise BackupError(
            _(
                "数据库服务器是PostgreSQL %(major)d，"
                "而本机没有不低于它的%(program)s（现有：%(found)s）："
                "请安装 postgresql-client-%(major)d，并把它放进PATH。"
            )
            % words
        )
    return found[fitting[0]]


def _versions(found: dict[int, Path]) -> str:
    return "、".join(map(str, sorted(found))) or _("无")


def _candidates(name: str) -> Iterator[Path]:
    """On the PATH; where Debian keeps each version; in the wheel, which wins for its version."""
    if on_path := shutil.which(name):
        yield Path(on_path)
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    try:
        yield binaries.installed().initdb.with_name(name)
    except Refusal:  # a site with servers of its own may lack the wheel
        return


def _major(program: Path) -> int | None:
    try:
        said = subprocess.run(  # noqa: S603 - as above
            [str(program), "--version"], capture_output=True, text=True, check=False, timeout=20
        )
    except OSError:
        return None
    match = VERSION.search(said.stdout)
    return int(match[1]) if match else None


def environment(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Where the database is, for the programs: a password on a command line is seen by all."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    named = {variable: parameters.get(name) for name, variable in VARIABLES.items()}
    named |= {"PGAPPNAME": "tanzetong-backup", "PGCONNECT_TIMEOUT": "10"}
    return kept | {name: str(value) for name, value in named.items() if value}
