"""Makes a backup: one moment of the database, all files, and the proof of both."""

import datetime
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from tracker.backups import programs, proof
from tracker.backups.proof import DUMP, Manifest, Stored
from tracker.backups.refusal import BackupError
from tracker.lib.excel.files import digest
from units.services import audit
from units.services.verify import verify


def make(output: Path, *, now: datetime.datetime) -> tuple[Path, Manifest]:
    """Write a backup into a new folder under `output`; nothing is left of one that failed."""
    _refuse_older_tables()
    name = f"backup-{now.astimezone(datetime.timezone(datetime.timedelta(hours=8))):%Y%m%d-%H%M%S}"
    target, beside = output / name, output / f".{name}.part"
    if target.exists() or beside.exists():
        raise BackupError(_("%(path)s 已经存在：请稍后再试，或换一个目录。") % {"path": target})
    try:
        output.mkdir(parents=True, exist_ok=True)
        beside.mkdir(mode=0o700)
    except OSError as error:
        words = {"path": output, "reason": error.strerror}
        raise BackupError(_("写不进 %(path)s：%(reason)s。") % words) from error
    before = os.umask(0o077)
    try:
        manifest = _database(beside, now)
        for stored in manifest.files:
            _keep(beside, stored)
        manifest.write(beside)
        beside.rename(target)
    finally:
        os.umask(before)
        shutil.rmtree(beside, ignore_errors=True)
    after = {"file": name, "entries": manifest.chain["number"], "digest": manifest.chain["digest"]}
    audit.record("site.backup", None, by=None, after=after)
    return target, manifest


def _refuse_older_tables() -> None:
    """What comes before an upgrade is the older version's to back up: this one cannot read it."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting and executor.loader.applied_migrations:
        raise BackupError(
            _(
                "数据库属于较早的版本（有%(n)d步升级还没有执行）：请先不要执行 migrate，"
                "用原来的版本备份；原来的版本没有 backup 命令的，用 pg_dump 备份。"
            )
            % {"n": len(waiting)}
        )


def _database(folder: Path, now: datetime.datetime) -> Manifest:
    """Dump and proof of the same moment: both read one exported snapshot."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        done = verify()
        dump = folder / DUMP
        programs.run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            f"--snapshot={snapshot}", f"--file={dump}",
        )  # fmt: skip
        tables = proof.tables()
        applied = sorted(
            ".".join(key) for key in MigrationRecorder(connection).applied_migrations()
        )
    written = digest(dump)
    root = Path(settings.FILES_DIR)
    return Manifest(
        made_at=now.isoformat(),
        server=programs.server_major(),
        dump=Stored(DUMP, written.size, written.sha256),
        tables=tables,
        files=list(proof.files(root)) if root.is_dir() else [],
        chain={
            "number": done.head.number,
            "digest": done.head.digest,
            "entries": done.entries,
            "waiting": done.waiting,
            "holds": done.holds,
            "bad": done.bad.sentence if done.bad else "",
        },
        migrations=applied,
    )


def _keep(folder: Path, stored: Stored) -> None:
    target = proof.stored_at(folder, stored.sha256)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(settings.FILES_DIR) / stored.path, target)
    if digest(target).sha256 != stored.sha256:
        raise BackupError(_("文件 %(path)s 在备份时被改动：请重新备份。") % {"path": stored.path})
