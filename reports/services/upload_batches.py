"""Applying what was sent in together: each form whole or not at all, the others all the same."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from reports import policy
from reports.models import Upload
from reports.models.uploads import NO_CHANGE, NOTHING_NEW
from reports.services import upload_applying, upload_later
from reports.services.upload_applying import Wish
from reports.states import BUSY_STATES, UploadState
from tracker.lib.text import clean_text
from units.models import User


@dataclass
class Outcome:
    """Which were written, or are by a worker, and which were left with the sentence why.

    `tried` of these are those that might have been written.
    """

    applied: list[Upload] = field(default_factory=list)
    queued: list[Upload] = field(default_factory=list)
    left: list[tuple[Upload, str]] = field(default_factory=list)
    tried: list[tuple[Upload, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Tally:
    """How far a sending is: forms by state; an archive that was opened is none.

    `same` of those that are ready change nothing: they wait for nobody.
    """

    states: Mapping[str, int]
    same: int = 0

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def busy(self) -> int:
        """Wait for a worker, or are with one."""
        return sum(self.states.get(state, 0) for state in BUSY_STATES)

    @property
    def ready(self) -> int:
        return self.states.get(UploadState.READY, 0) - self.same

    @property
    def percent_done(self) -> int:
        return (self.total - self.busy) * 100 // self.total if self.total else 100

    @property
    def told(self) -> list[tuple[str, int]]:
        """The words of the states, with how many there are of each."""
        found = {**self.states, UploadState.READY: self.ready}
        known = [(UploadState(state).label, found[state]) for state in self.states]
        return [(str(label), n) for label, n in (*known, (NOTHING_NEW, self.same)) if n]


def tally(rows: QuerySet[Upload]) -> Tally:
    """How many of the rows are in each state; one query."""
    forms = rows.exclude(state=UploadState.OPENED).order_by().values("state")
    told = forms.annotate(number=Count("pk"), same=Count("pk", filter=NO_CHANGE))
    found = {row["state"]: row["number"] for row in told}
    same = sum(row["same"] for row in told)
    return Tally({state: found[state] for state in UploadState.values if state in found}, same)


@dataclass(frozen=True)
class Ready:
    """The forms of a sending that the person may apply: `free` leave nothing to decide."""

    rows: Sequence[Upload]

    @property
    def free(self) -> int:
        return sum(not _to_decide(row) for row in self.rows)

    @property
    def by_office(self) -> bool:
        """Whether some are entered for a unit, with a reason."""
        return any(row.office_id for row in self.rows)

    @property
    def own(self) -> bool:
        """Whether some are the own unit's, drafts unless the person asks to submit."""
        return any(not row.office_id for row in self.rows)


def waiting(batch: uuid.UUID, *, by: User) -> Ready:
    """The forms of a batch that the person may apply, but those that change nothing."""
    rows: QuerySet[Upload] = policy.scope(by, "upload.apply")
    ready = rows.filter(batch=batch, state=UploadState.READY).exclude(NO_CHANGE).defer("content")
    return Ready(list(ready.order_by("pk")))


def apply_all(
    rows: Sequence[Upload], *, submit: bool, reason: str, by: User, now: datetime.datetime
) -> Outcome:
    """Apply those about which there is nothing to decide, as they were when they were read.

    Many are written by workers, which tell in each row what became of it.
    """
    found = Outcome()
    later = upload_later.is_long(rows)
    for row in rows:
        why = open_point = _to_decide(row)
        if not why:
            why = _without_reason(row, reason)
        if not why:
            wish = Wish(seen=row.counts.get("seen", ""), submit=submit, reason=reason)
            try:
                if later:
                    found.queued.append(upload_later.queue(row, wish, by=by, now=now))
                else:
                    found.applied.append(upload_applying.apply(row, wish, by=by, now=now))
            except ValidationError as error:
                why = " ".join(error.messages)
            except PermissionDenied:
                why = _("您不能写入这份回填表。")
        if why:
            found.left.append((row, why))
        if why and not open_point:
            found.tried.append((row, why))
    return found


def _to_decide(row: Upload) -> str:
    """Why somebody has to look at it first; empty where nothing is open."""
    if row.counts.get("wrong"):
        return _("表中有误，请打开查看。")
    if row.by_number:
        return _("按单位、季度和任务序号对应，请打开核对后确认。")
    if row.counts.get("clashes"):
        return _("有内容在下载之后又在网上填过，请打开逐格选择。")
    if not row.counts.get("writes"):
        return _("系统中已是这些内容，没有需要写入的。")
    return ""


def _without_reason(row: Upload, reason: str) -> str:
    if row.office_id and not clean_text(reason):
        return _("请写明代填的原因和依据。")
    return ""
