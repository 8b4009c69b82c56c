"""Restores a backup into an empty database and proves that it is the same."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from tracker.backups import programs, proof
from tracker.backups.proof import DUMP, Manifest
from tracker.backups.refusal import BackupError
from tracker.lib.excel.files import digest, written_beside
from units.services import audit
from units.services.verify import verify


@dataclass(frozen=True)
class Restored:
    """What is back: figures for the operator. `behind` migrations are still to be applied.

    `bad` is what was wrong with the log already when the backup was made.
    """

    tables: int
    rows: int
    files: int
    entries: int
    behind: int
    bad: str = ""


def restore(folder: Path, *, even_tampered: bool = False) -> Restored:
    """Check the backup, restore into an empty database, compare all with the manifest.

    A log that did not hold when the backup was made is refused, unless the operator asks for it:
    it then has to be as bad as it was, and no worse.
    """
    manifest = proof.read(folder)
    _check_empty()
    _check_backup(folder, manifest, even_tampered=even_tampered)
    behind = _check_migrations(manifest)
    _check_files(manifest)
    programs.run(
        "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}", str(folder / DUMP),
    )  # fmt: skip
    for stored in manifest.files:
        _put_back(proof.stored_at(folder, stored.sha256), Path(settings.FILES_DIR) / stored.path)
    wrong = list(_differences(manifest, behind))
    if wrong:
        text = _("恢复的数据与备份不符，请勿启用这个数据库：%(wrong)s")
        raise BackupError(text % {"wrong": "；".join(wrong[:5])})
    if not behind:
        after = {"file": folder.name, "digest": manifest.chain["digest"]}
        if not manifest.chain["holds"]:
            after["sentence"] = manifest.chain["bad"]
        audit.record("site.restore", None, by=None, after=after)
    rows = sum(table.rows for table in manifest.tables.values())
    return Restored(
        len(manifest.tables),
        rows,
        len(manifest.files),
        manifest.chain["entries"],
        behind,
        manifest.chain["bad"],
    )


def _check_empty() -> None:
    if names := proof.names():
        text = _(
            "数据库%(name)s里已有%(number)d张表，恢复只能进空的数据库："
            "请新建一个数据库，或换一个空的DATA_DIR。"
        )
        raise BackupError(text % {"name": connection.settings_dict["NAME"], "number": len(names)})


def _check_backup(folder: Path, manifest: Manifest, *, even_tampered: bool) -> None:
    """Every part is there as it was written, before anything is restored."""
    parts = {DUMP: (folder / DUMP, manifest.dump.sha256)} | {
        stored.path: (proof.stored_at(folder, stored.sha256), stored.sha256)
        for stored in manifest.files
    }
    for name, (path, sha256) in parts.items():
        if not path.is_file():
            raise BackupError(_("备份里缺少 %(name)s。") % {"name": name})
        if digest(path).sha256 != sha256:
            raise BackupError(_("备份里的 %(name)s 与清单的摘要不符。") % {"name": name})
    if not manifest.chain["holds"] and not even_tampered:
        text = _(
            "备份时历史记录就已核对不通过：%(bad)s请改用更早的备份；"
            "没有更早的，或那样会丢失太多，加 --even-tampered 恢复，并报告审计管理员。"
        )
        raise BackupError(text % {"bad": manifest.chain["bad"]})


def _check_migrations(manifest: Manifest) -> int:
    """How many migrations are to follow; BackupError for a backup of a later program."""
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(manifest.migrations) - known)
    if unknown:
        text = _("备份来自更新的程序（%(name)s）：请先把程序升级到备份时的版本。")
        raise BackupError(text % {"name": unknown[0]})
    return len(known - set(manifest.migrations))


def _check_files(manifest: Manifest) -> None:
    for stored in manifest.files:
        path = Path(settings.FILES_DIR) / stored.path
        if path.exists() and digest(path).sha256 != stored.sha256:
            text = _("%(path)s 已经存在而内容不同：恢复不会覆盖它，请换一个空的DATA_DIR。")
            raise BackupError(text % {"path": path})


def _put_back(source: Path, target: Path) -> None:
    if not target.exists():
        with written_beside(target) as beside:
            shutil.copyfile(source, beside)


def _differences(manifest: Manifest, behind: int) -> Iterator[str]:
    with transaction.atomic():
        found = proof.tables()
    for name in sorted(found.keys() | manifest.tables.keys()):
        if found.get(name) != manifest.tables.get(name):
            yield _("表%(name)s") % {"name": name}
    root = Path(settings.FILES_DIR)
    for stored in manifest.files:
        if digest(root / stored.path).sha256 != stored.sha256:
            yield _("文件%(path)s") % {"path": stored.path}
    if behind:  # the log is verified once its columns are those of the program
        return
    done = verify()
    if (done.bad is None) != manifest.chain["holds"]:
        yield done.bad.sentence if done.bad else _("历史记录的链首")
    elif (done.head.number, done.head.digest) != (
        manifest.chain["number"],
        manifest.chain["digest"],
    ):
        yield _("历史记录的链首")
