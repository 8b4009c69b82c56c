"""A backup, and a restore into another database that proves to be the same."""

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from tests import factories as make
from tests.history import recorded
from tests.units.test_seals import tamper
from tracker.backups import programs, proof
from tracker.backups.refusal import BackupError
from units.services import audit, seals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    """Two reports' files of one content, and one that is being written."""
    settings.FILES_DIR = root = tmp_path / "files"
    for name, text in {"a/一.xlsx": "1", "b/二.xlsx": "1", "a/.tmp-x": "half"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def backup(files: Path, tmp_path: Path) -> Path:
    """Of a site with people, units and a sealed log."""
    make.MembershipFactory()
    for number in range(30):
        audit.record("test.made", None, by=make.UserFactory(), after={"数": number})
    seals.seal()
    call_command("backup", output=tmp_path / "backups", stdout=StringIO())
    return next((tmp_path / "backups").iterdir())


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The URL of another, empty database on the same server."""
    name = f"restored_{uuid.uuid4().hex[:8]}"
    names = ("host", "port", "user", "password", "dbname")
    given = connection.get_connection_params()
    place = {one: given[one] for one in names if given.get(one)}
    with psycopg.connect(**place, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _url(name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _url(name: str) -> str:
    given = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    head, mark, query = given.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{mark}{query}"


def manage(url: str, data_dir: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command against that database, as an operator runs it."""
    env = {**os.environ, "DATABASE_URL": url, "DATABASE_OWNER_URL": url, "TRACKER_ENV": "local"}
    env |= {"DATA_DIR": str(data_dir), "SECRET_KEY": "x" * 50}
    env["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "manage.py", *words],
        cwd=project.BASE_DIR, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_what_is_restored_is_the_same(backup: Path, elsewhere: str, tmp_path: Path) -> None:
    told = json.loads((backup / proof.MANIFEST).read_text())
    assert told["chain"]["holds"]
    assert {one["path"] for one in told["files"]} == {"a/一.xlsx", "b/二.xlsx"}
    assert sum(1 for path in (backup / "files").rglob("*") if path.is_file()) == 1
    data = tmp_path / "new"
    done = manage(elsewhere, data, "restore", "--from", str(backup))
    assert done.returncode == 0, done.stderr
    assert "已恢复并核对一致" in done.stdout
    assert (data / "files" / "a" / "一.xlsx").read_text() == "1"
    checked = manage(elsewhere, data, "verify_audit")
    assert checked.returncode == 0, checked.stderr
    assert f"核对了{told['chain']['entries']}条" in checked.stdout
    again = manage(elsewhere, data, "restore", "--from", str(backup))
    assert again.returncode == 1
    assert "恢复只能进空的数据库" in again.stderr
    assert "Traceback" not in again.stderr


def test_the_database_of_an_earlier_version_is_not_taken_for_one_without_tables(
    tmp_path: Path,
) -> None:
    recorder = MigrationRecorder(connection)
    last = recorder.migration_qs.filter(app="units").order_by("pk").last()
    assert last is not None
    recorder.record_unapplied(last.app, last.name)
    try:
        with pytest.raises(CommandError, match="用原来的版本备份"):
            call_command("backup", output=tmp_path / "backups", stdout=StringIO())
    finally:
        recorder.record_applied(last.app, last.name)
    assert not (tmp_path / "backups").exists()


def test_a_damaged_backup_is_refused_before_anything_is_done(
    backup: Path, elsewhere: str, tmp_path: Path
) -> None:
    parts = [proof.DUMP, proof.MANIFEST]
    parts += [str(p.relative_to(backup)) for p in (backup / "files").rglob("*") if p.is_file()]
    for part in parts:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(backup, copy)
        with (copy / part).open("r+b") as file:
            file.seek(place := (copy / part).stat().st_size // 2)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 0xFF]))
        done = manage(elsewhere, tmp_path / "new", "restore", "--from", str(copy))
        assert done.returncode == 1, part
        assert "摘要不符" in done.stderr or "已损坏" in done.stderr or "不是完整" in done.stderr
    with psycopg.connect(elsewhere) as empty:
        found = empty.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert found.fetchone() == (0,)


def test_a_backup_of_a_log_that_was_tampered_with_comes_back_when_asked_for(
    files: Path, elsewhere: str, tmp_path: Path
) -> None:
    rows = [recorded() for _n in range(9)]
    seals.seal()
    tamper("UPDATE units_auditentry SET reason = 'x' WHERE id = %s", rows[4].pk)
    with pytest.raises(CommandError, match="历史记录核对不通过"):
        call_command("backup", output=tmp_path / "backups", stdout=StringIO())
    backup = next((tmp_path / "backups").iterdir())
    data = tmp_path / "new"
    refused = manage(elsewhere, data, "restore", "--from", str(backup))
    assert refused.returncode == 1
    assert "--even-tampered" in refused.stderr
    done = manage(elsewhere, data, "restore", "--from", str(backup), "--even-tampered")
    assert done.returncode == 0, done.stderr
    assert f"恢复后仍是：记录{rows[4].pk}" in done.stdout
    assert manage(elsewhere, data, "verify_audit").returncode == 1


def test_a_failed_backup_leaves_nothing(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "find", lambda name, major: Path("/bin/false"))
    with pytest.raises(CommandError, match="pg_dump没有完成"):
        call_command("backup", output=tmp_path / "backups", stdout=StringIO())
    assert list((tmp_path / "backups").iterdir()) == []


def test_the_programs_fit_the_server() -> None:
    assert programs.find("pg_dump", programs.server_major()).exists()
    with pytest.raises(BackupError, match="PostgreSQL 99"):
        programs.find("pg_dump", 99)
    settings = {"host": "db", "port": 5432, "user": "o", "password": "p@ss", "dbname": "tracker"}
    assert programs.environment(settings)["PGPASSWORD"] == "p@ss"
