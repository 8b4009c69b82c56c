"""The offices' queue of reports: in which order, with what beside them, many at a time."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import policy
from tasks.models import ProgressReport
from tasks.services import checks, contributions, progress
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove
from units.models import User

MOST = 200  # approved in one go
NO_FLAGS = Q(flags=[])
WITH_ALL = ("period", "responsibility__task__plan", "responsibility__unit", "responsibility__side")


class Outcome(models.TextChoices):
    """What became of one of many."""

    APPROVED = "approved", gettext_lazy("已审核通过")
    FLAGGED = "flagged", gettext_lazy("有核对提示，须逐份审核")
    STALE = "stale", gettext_lazy("您打开之后已有变化，请重新审阅")
    JUDGED = "judged", gettext_lazy("不是待审核状态")
    NOT_YOURS = "not_yours", gettext_lazy("不由您审核")
    UNKNOWN = "unknown", gettext_lazy("没有这份进展，或您无权查看")


@dataclass(frozen=True)
class Choice:
    """A report as it was read: of which version."""

    pk: int
    version: int


@dataclass(frozen=True)
class Judged:
    """What became of a choice; no report where the person may not know of one."""

    choice: Choice
    outcome: Outcome
    report: ProgressReport | None = None

    @property
    def sentence(self) -> str:
        """Which one, and what became of it."""
        if self.report is None:
            return _("编号%(number)d：%(outcome)s。") % {
                "number": self.choice.pk,
                "outcome": self.outcome.label,
            }
        side = self.report.responsibility
        return _("%(unit)s“%(task)s”：%(outcome)s。") % {
            "unit": side.unit,
            "task": side.task.title,
            "outcome": self.outcome.label,
        }


def in_order(reports: QuerySet[ProgressReport]) -> QuerySet[ProgressReport]:
    """Those with flags first, then by due date, then longest waiting."""
    # Any: the annotation is no field.
    rows: Any = reports.annotate(is_flagged=~NO_FLAGS)
    found: QuerySet[ProgressReport] = rows.order_by(
        "-is_flagged", "period__due_on", "submitted_at", "pk"
    )
    return found


def unflagged(reports: QuerySet[ProgressReport]) -> QuerySet[ProgressReport]:
    """Those of which the checks have nothing to say."""
    return reports.filter(NO_FLAGS)


def flags_of(
    user: User, report: ProgressReport, flags: list[checks.Flag] | None = None
) -> list[checks.Warned]:
    """What the checks said at submission (or `flags`), as the person reads it.

    Of another unit's report, a way to it where the person may read it.
    """
    flags = report.flags if flags is None else flags
    named = checks.reports_in(flags) - {report.pk}
    seen = policy.scope(user, "report.view").filter(pk__in=named) if named else None
    return checks.told(flags, seen.values_list("pk", flat=True) if seen is not None else ())


def answers_to(user: User, report: ProgressReport) -> list[contributions.Answer]:
    """What the lead's cooperating units have told of that quarter."""
    return contributions.answers_for(user, report.responsibility, report.period, told_only=True)


def approve_many(choices: Sequence[Choice], *, by: User, now: datetime.datetime) -> list[Judged]:
    """Approve each in a transaction of its own; what has flags or has changed is left out."""
    seen = policy.scope(by, "report.view").select_related(*WITH_ALL)
    reports = seen.in_bulk([choice.pk for choice in choices])
    return [_approve(choice, reports.get(choice.pk), by=by, now=now) for choice in choices]


def _approve(
    choice: Choice, report: ProgressReport | None, *, by: User, now: datetime.datetime
) -> Judged:
    if report is None:
        return Judged(choice, Outcome.UNKNOWN)
    # Flags are the version's: a report that gets some meanwhile is no longer of this version.
    if report.flags and report.version == choice.version:
        return Judged(choice, Outcome.FLAGGED, report)
    report.version = choice.version
    try:
        with transaction.atomic():
            progress.approve(report, by=by, now=now)
    except Stale:
        return Judged(choice, Outcome.STALE, report)
    except IllegalMove:
        return Judged(choice, Outcome.JUDGED, report)
    except PermissionDenied:
        return Judged(choice, Outcome.NOT_YOURS, report)
    return Judged(choice, Outcome.APPROVED, report)
