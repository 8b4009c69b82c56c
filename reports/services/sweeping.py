"""Files on disk: what nobody enters any more goes, and what of runs was kept long enough."""

import datetime
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from reports.models import ReportFile, ReportRun, Upload
from reports.states import RunState
from tracker.lib.workdays import end_of
from units.services import audit

logger = logging.getLogger(__name__)


def drop(folder: Path) -> None:
    """Remove what a claim has made, and the run's folder where nothing else is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.parent.rmdir()
    except OSError:  # another claim's folder is in it, or there is none
        logger.debug("%s stays.", folder.parent)


def drop_unknown(folder: Path) -> None:
    """The same, unless a row knows a file in it."""
    below = f"{folder.relative_to(settings.FILES_DIR)}/"
    if not ReportFile.objects.filter(path__startswith=below).exists():
        drop(folder)


@dataclass(frozen=True)
class _Claimed:
    """A folder that one claim of a run wrote to: reports/2026Q3/17/2."""

    path: Path
    run: int
    fence: int


def clear_orphans() -> int:
    """Remove what no row knows: a killed worker's folders, half files; returns how many.

    Folders are listed before the rows are read: what is claimed since is not looked at.
    """
    claims = list(_claims(Path(settings.FILES_DIR) / "reports"))
    runs = {claim.run for claim in claims}
    rows = ReportRun.objects.filter(pk__in=runs, state=RunState.RUNNING)
    written_to = dict(rows.values_list("pk", "fence"))
    files = ReportFile.objects.filter(run__in=runs, removed_at=None)
    kept = {Path(settings.FILES_DIR) / path for path in files.values_list("path", flat=True)}
    number = 0
    for claim in claims:
        if claim.fence >= written_to.get(claim.run, claim.fence + 1):
            continue
        number += _clear(claim.path, kept)
    if number:
        logger.info("%s files of runs that nobody knows were removed.", number)
    return number


def _claims(root: Path) -> Iterator[_Claimed]:
    for path in root.glob("*/*/*"):
        run, fence = path.parent.name, path.name
        if path.is_dir() and run.isdecimal() and fence.isdecimal():
            yield _Claimed(path, int(run), int(fence))


def _clear(folder: Path, kept: set[Path]) -> int:
    """Remove all of the folder but what is kept."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    gone = [path for path in found if path not in kept]
    if len(gone) == len(found):
        drop(folder)
    else:
        for path in gone:
            path.unlink(missing_ok=True)
    return len(gone)


def past_keeping(*, today: datetime.date) -> list[ReportRun]:
    """The runs whose files have been kept as long as the setting says, by `today`."""
    if not settings.REPORT_FILES_DAYS:
        return []
    before = end_of(today - datetime.timedelta(days=settings.REPORT_FILES_DAYS + 1))
    return list(ReportRun.objects.past_keeping(before).order_by("pk"))


def remove_old_files(*, today: datetime.date) -> int:
    """Remove the files of these runs and say so in their rows; returns how many.

    The rows first: what a stop in between leaves on disk is what nobody knows.
    """
    number = 0
    for run in past_keeping(today=today):
        with transaction.atomic():
            files = ReportFile.objects.select_for_update().filter(run=run, removed_at=None)
            names = list(files.values_list("name", flat=True))
            if not names:  # another beat was faster
                continue
            number += ReportFile.objects.filter(run=run, removed_at=None).update(removed_at=Now())
            audit.record("report_run.remove_files", run, by=None, before={"files": names})
    clear_orphans()
    return number


def clear_uploads(*, now: datetime.datetime) -> int:
    """Remove what was laid down to be sent in and came into no row; returns how many.

    What is younger than a day may be on its way into one.
    """
    root = Path(settings.FILES_DIR)
    before = (now - datetime.timedelta(days=1)).timestamp()
    old = [path for path in root.glob("uploads/*/*") if _is_older(path, before)]
    known = set(Upload.objects.values_list("path", flat=True)) if old else set()
    gone = [path for path in old if str(path.relative_to(root)) not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    if gone:
        logger.info("%s files that were sent in and that nobody knows were removed.", len(gone))
    return len(gone)


def _is_older(path: Path, before: float) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < before
    except FileNotFoundError:  # just removed
        return False
