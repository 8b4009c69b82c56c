"""Makes a run's files: claims the run, writes book after book, enters them all at once."""

import dataclasses
import datetime
import itertools
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from reports.books import assessment, overdue, quarterly, scores, status, targets
from reports.models import ReportFile, ReportRun
from reports.policy import run_standing
from reports.services import form_packs, sweeping, work
from reports.services.content import (
    PlanQuarter,
    Sight,
    load,
    periods_of,
    whole_sight_of,
)
from reports.services.sights import unit_sights
from reports.services.work import Lease, LostLease
from reports.states import FORMS, BookKey, FileKind
from tasks.states import ReportState
from tracker.lib.columns import Book, Filled
from tracker.lib.excel import Shared, digest, file_name, write_book, zip_files
from tracker.lib.garbage import uncollected
from tracker.lib.snapshot import one_moment
from tracker.lib.text import listed
from tracker.lib.told import sentence_of
from tracker.lib.told import told as _t
from units.models import Jurisdiction, Unit
from units.policy import standing

logger = logging.getLogger(__name__)

TOGETHER = 20  # books whose cells are made at once: a moment's work


class Summary(Protocol):
    """A module of a book that sums up whole plans."""

    BOOK: Book

    def fill(
        self, contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str
    ) -> list[Filled]: ...


# Beside the units' own workbooks `status` has the quarterly one.
SUMMARIES: Mapping[BookKey, Summary] = {
    BookKey.STATUS: quarterly,
    BookKey.QUARTERLY: quarterly,
    BookKey.OVERDUE: overdue,
    BookKey.TARGETS: targets,
    BookKey.ASSESSMENT: assessment,
    BookKey.SCORES: scores,
}


@dataclass(frozen=True)
class Piece:
    """A file to be made: its name, whose it is, and its sheets, filled when its turn comes."""

    name: str
    kind: FileKind
    unit: Unit | None
    fill: Callable[[], Sequence[Filled]]


def make(run_id: int, *, today: datetime.date) -> ReportRun | None:
    """Make the run's files; None where another worker has it or there is nothing to do.

    What goes wrong is told in the run's row: for good, or for another attempt where the cause
    (a full disk, a lost connection) may pass.
    """
    lease = work.claim(run_id)
    if lease is None:
        return None
    folder = _folder(lease)
    try:
        with translation.override(lease.run.language), work.kept_up(lease):
            work.finish(lease, _files(lease, folder, today))
    except LostLease:
        logger.info("Run %s was taken over or cancelled.", run_id)
        sweeping.drop(folder)
        return None
    except Exception as error:  # every failure is told to the person who waits
        if not _tell(lease, error):
            # The run may be done all the same: what answered to its COMMIT was lost.
            sweeping.drop_unknown(folder)
            return None
        sweeping.drop(folder)
    else:
        _drop_older(folder)
    return ReportRun.objects.get(pk=run_id)


def _tell(lease: Lease, error: Exception) -> bool:
    """Enter what went wrong; False where the run has ended or is another worker's by now."""
    if connection.connection is not None and connection.connection.closed:
        connection.close()  # lost: to be opened anew
    try:
        if isinstance(error, ValidationError):
            work.fail(lease, sentence_of(error))
            return True
        if isinstance(error, SoftTimeLimitExceeded):
            work.fail(lease, _t("生成时间过长，已停止：请选定方案或单位，分开生成。"))
        elif isinstance(error, (OSError, DatabaseError, InterfaceError)):
            work.release(lease, _t("暂时无法写入报表，将自动重试。"))
        else:
            number = {"number": lease.run.pk}
            work.fail(lease, _t("生成报表时出错，请联系管理员（编号%(number)d）。") % number)
    except LostLease:
        logger.info("Run %s was taken over or cancelled.", lease.run.pk)
        return False
    logger.error("Run %s could not be made.", lease.run.pk, exc_info=error)
    return True


def _files(lease: Lease, folder: Path, today: datetime.date) -> list[ReportFile]:
    if lease.run.book == FORMS:
        pack = form_packs.write(lease, folder, today)
        return [_entry(pack.name, FileKind.ARCHIVE, None, pack)]
    with uncollected():  # what is made stays to the end: to look for garbage in it takes a fifth
        return _write(lease, folder, today)


def _write(lease: Lease, folder: Path, today: datetime.date) -> list[ReportFile]:
    contents, pieces = _pieces(lease.run, today)
    is_bundle = lease.run.lead_unit is None and lease.run.book == BookKey.STATUS
    total = len(pieces) + is_bundle
    moment = timezone.localtime(lease.run.created_at)
    subject = f"{lease.run.title}：{listed(plan.name for plan in lease.run.plans.all())}"
    made: list[tuple[Piece, Path]] = []
    shared = Shared()
    for done, (piece, sheets) in enumerate(_filled(pieces, shared)):
        work.carry_on(lease, done=done, total=total, step=piece.name)
        path = folder / piece.name
        write_book(
            path,
            Path(piece.name).stem,
            sheets,
            made_at=moment,
            author=_("碳责通"),  # the system: no person, and the office stands on the sheets
            subject=subject,
            shared=shared,
        )
        made.append((piece, path))
    for content in contents:
        content.told.clear()  # rows and contents name each other: nobody need find them out
    files = [_entry(piece.name, piece.kind, piece.unit, path) for piece, path in made]
    if is_bundle:
        name = file_name(_title(lease.run, _maker(lease.run), status.BOOK), "zip")
        work.carry_on(lease, done=len(pieces), total=total, step=name)
        zip_files(folder / name, [(path.name, path) for _piece, path in made], moment)
        files.append(_entry(name, FileKind.ARCHIVE, None, folder / name))
    return files


def _filled(pieces: Iterable[Piece], shared: Shared) -> Iterator[tuple[Piece, Sequence[Filled]]]:
    """Each piece with its sheets, the cells of some books made together."""
    rest = iter(pieces)
    while some := list(itertools.islice(rest, TOGETHER)):
        filled = [(piece, piece.fill()) for piece in some]
        shared.make(sheet for _piece, sheets in filled for sheet in sheets)
        yield from filled


def _entry(name: str, kind: FileKind, unit: Unit | None, path: Path) -> ReportFile:
    written = digest(path)
    return ReportFile(
        kind=kind,
        unit=unit,
        name=name,
        path=str(path.relative_to(settings.FILES_DIR)),
        size=written.size,
        sha256=written.sha256,
    )


def _pieces(run: ReportRun, today: datetime.date) -> tuple[list[PlanQuarter], list[Piece]]:
    """Read what the run needs; with it its files in order, not yet written."""
    with one_moment():
        return _read(run, today)


def _read(run: ReportRun, today: datetime.date) -> tuple[list[PlanQuarter], list[Piece]]:
    periods = periods_of(run.plans.all(), run.as_quarter)
    contents = [load(period, today=today) for period in periods]
    seen = whole_sight_of(run_standing(run), periods)
    units = [_as_named(contents, run.lead_unit)] if run.lead_unit else _units(contents, seen)
    pieces = []
    if run.book == BookKey.STATUS:
        own = unit_sights(units, contents)  # what both it and whoever asked may read
        pieces = [_unit_piece(run, unit, contents, seen & own[unit.pk]) for unit in units]
    if run.lead_unit is None:
        pieces.append(_summary_piece(run, contents, seen))
    return contents, pieces


def _units(contents: Sequence[PlanQuarter], seen: Sight) -> list[Unit]:
    return list(dict.fromkeys(unit for content in contents for unit in content.lead_units(seen)))


def _as_named(contents: Sequence[PlanQuarter], unit: Unit) -> Unit:
    """The unit with the name that it has in the quarter: of a closed one that of its day."""
    named = (side.unit for content in contents for side in content.led_by(unit))
    return next(named, unit)


def _unit_piece(
    run: ReportRun,
    unit: Unit,
    contents: Sequence[PlanQuarter],
    seen: Sight,
) -> Piece:
    def fill() -> list[Filled]:
        return status.fill(contents, unit, seen, run.paper)

    name = _title(run, unit.name, status.BOOK)
    return Piece(file_name(name, "xlsx"), FileKind.UNIT, unit, fill)


def _summary_piece(run: ReportRun, contents: Sequence[PlanQuarter], seen: Sight) -> Piece:
    approved = _approved(contents, seen)  # whoever asks, both sides alike
    book, maker = SUMMARIES[BookKey(run.book)], _maker(run)

    def fill() -> list[Filled]:
        return book.fill(contents, maker, approved, run.paper)

    name = _title(run, maker, book.BOOK)
    return Piece(file_name(name, "xlsx"), FileKind.SUMMARY, None, fill)


def _approved(contents: Sequence[PlanQuarter], seen: Sight) -> Sight:
    approved = frozenset(
        report.pk
        for content in contents
        for report in content.reports.values()
        if report.state == ReportState.APPROVED
    )
    return dataclasses.replace(seen, reports=seen.reports & approved)


def _maker(run: ReportRun) -> str:
    """Who puts the book together: the office, or the inspection of a place; empty for nobody."""
    if run.office is not None:
        return run.office.name
    if run.requested_by is None:
        return ""
    who = standing(run.requested_by)
    if who.superuser or not who.inspected:
        return ""
    places = Jurisdiction.objects.filter(code__in=who.inspected).order_by("code")
    names = places.values_list("name", flat=True)
    return _("%(places)s督查") % {"places": listed(names)}


def _title(run: ReportRun, whose: str, book: Book) -> str:
    """Return what a file is called: 重庆市能源局2025年第4季度进展情况表."""
    words = {"whose": whose, "quarter": run.as_quarter.label, "title": book.title}
    return _("%(whose)s%(quarter)s%(title)s") % words


def _folder(lease: Lease) -> Path:
    """A folder that only this claim writes to."""
    run = lease.run
    return Path(settings.FILES_DIR) / "reports" / run.quarter / str(run.pk) / str(lease.fence)


def _drop_older(folder: Path) -> None:
    """Remove what workers that died before have left of the same run."""
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
