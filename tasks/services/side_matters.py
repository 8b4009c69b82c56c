"""What is on record of sides beside their reports: granted extensions, findings and their answers.

A closed quarter keeps these as they were on its day.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from tasks.models import Extension, Finding, FindingStep, Plan
from tasks.states import FINDING_OPEN, FindingState, FindingStepKind
from tracker.lib.workdays import SHANGHAI, end_of

ANSWERS = (FindingStepKind.ANSWER, FindingStepKind.CONTEST)


@dataclass(frozen=True)
class Granted:
    """An extension: from which date to which."""

    id: int
    from_due: datetime.date
    granted_due: datetime.date


@dataclass(frozen=True)
class Found:
    """A finding as a table shows it; `answer` is what the unit last said."""

    id: int
    code: str
    problem: str
    demand: str
    state: FindingState
    issued_on: datetime.date
    first_due_on: datetime.date
    due_on: datetime.date
    closed_on: datetime.date | None
    answer: str

    @property
    def is_open(self) -> bool:
        return self.state in FINDING_OPEN

    def is_overdue(self, day: datetime.date) -> bool:
        """To be put right by a day that has passed."""
        return self.state == FindingState.ISSUED and self.due_on < day


@dataclass(frozen=True)
class Matters:
    """Of one side."""

    extensions: Sequence[Granted] = ()
    findings: Sequence[Found] = ()


def of(plan: Plan, day: datetime.date) -> dict[int, Matters]:
    """By the side's id, what there was until the day; two queries."""
    granted: dict[int, list[Granted]] = defaultdict(list)
    rows = Extension.objects.granted().filter(responsibility__task__plan=plan)
    until = end_of(day)
    for side, pk, from_due, due in (
        rows.filter(decided_at__lt=until)
        .values_list("responsibility", "pk", "from_due", "granted_due")
        .order_by("decided_at", "pk")
    ):
        granted[side].append(Granted(pk, from_due, due or from_due))  # granted ones have a date
    found: dict[int, list[Found]] = defaultdict(list)
    for finding in _findings(plan, until):
        found[finding.responsibility_id].append(_found(finding))
    return {side: Matters(granted[side], found[side]) for side in {*granted, *found}}


def _findings(plan: Plan, until: datetime.datetime) -> Sequence[Finding]:
    steps = FindingStep.objects.filter(finding=OuterRef("pk"), kind__in=ANSWERS, at__lt=until)
    rows = Finding.objects.filter(responsibility__task__plan=plan, issued_at__lt=until)
    answer = Subquery(steps.order_by("-at", "-pk").values("text")[:1])
    return list(rows.annotate(answer=answer).order_by("year", "number"))


def _found(finding: Finding) -> Found:
    closed = finding.closed_at
    return Found(
        id=finding.pk,
        code=finding.code,
        problem=finding.problem,
        demand=finding.demand,
        state=FindingState(finding.state),
        issued_on=finding.issued_at.astimezone(SHANGHAI).date(),
        first_due_on=finding.first_due_on,
        due_on=finding.due_on,
        closed_on=closed.astimezone(SHANGHAI).date() if closed else None,
        answer=getattr(finding, "answer", None) or "",
    )
