"""A small plan, its people, and the moves that anybody tries on it.

A part of the cycle that comes later adds its moves to `MOVES`.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.models import Ending, Extension, Period, PlanSide, ProgressReport, Responsibility
from tasks.services import closing, endings, extensions, progress, signing
from tasks.services.ending_rules import Claim
from tasks.services.progress import Entry
from tasks.states import (
    EndingKind,
)
from tests.factories import (
    NOW,
    TODAY,
    JurisdictionFactory,
    MembershipFactory,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from units.models import User


@dataclass
class Cast:
    """The plan and its people: on each side an officer, a signer and a coordinator."""

    sides: Sequence[Any]
    plan_sides: list[PlanSide]
    period: Period
    people: list[User]
    read: dict[int, int] = field(default_factory=dict)  # by report: the version last read

    @classmethod
    def make(cls) -> "Cast":
        plan = joint_plan()
        plan_sides = list(plan.sides.select_related("office").order_by("order"))
        units = [UnitFactory(), UnitFactory(sichuan=True)]
        sides = [
            ResponsibilityFactory(
                task=task, unit=unit, not_started=True, due_on=TODAY + datetime.timedelta(days=60)
            )
            for task in (TaskFactory(plan=plan), TaskFactory(plan=plan))
            for unit in units
        ]
        people = [inspector(JurisdictionFactory()), officer(UnitFactory())]
        for unit, side in zip(units, plan_sides, strict=True):
            people += [
                officer(unit),
                MembershipFactory(unit=unit, signer=True).user,
                coordinator(side.office),
            ]
        return cls(sides, plan_sides, PeriodFactory(plan=plan), people)

    def report(self, number: int) -> ProgressReport | None:
        """The report of the side, with the version that was last read."""
        side = self.sides[number]
        found = ProgressReport.objects.filter(responsibility=side, period=self.period).first()
        if found is not None:
            found.version = self.read.get(found.pk, found.version)
        return found


@dataclass(frozen=True)
class Try:
    """One attempt: by whom, on which side, with which numbers and words."""

    cast: Cast
    by: User
    place: int
    percent: int | None
    words: str

    @property
    def side(self) -> Responsibility:
        found: Responsibility = self.cast.sides[self.place]
        return found

    @property
    def now(self) -> dict[str, Any]:
        return {"by": self.by, "now": NOW}


class Nothing(Exception):
    """There is nothing on which to try the move."""


def _entry(one: Try) -> Entry:
    return Entry(percent=one.percent, progress=one.words, problems="无", next_steps=one.words)


def _report(one: Try) -> ProgressReport:
    found = one.cast.report(one.place)
    if found is None:
        raise Nothing
    return found


def version_of(one: Try) -> int:
    found = one.cast.report(one.place)
    return found.version if found else 0


def _ending(one: Try) -> Ending:
    found = one.side.endings.order_by("-pk").first()
    if found is None:
        raise Nothing
    return found


def _extension(one: Try) -> Extension:
    found = Extension.objects.filter(responsibility=one.side).order_by("-pk").first()
    if found is None:
        raise Nothing
    return found


def _write(service: Callable[..., Any], one: Try) -> Any:
    return service(one.side, one.cast.period, _entry(one), version=version_of(one), **one.now)


def _claim(one: Try, kind: EndingKind) -> Any:
    claim = Claim(kind=kind, reason=one.words, shortfall=one.words)
    return endings.claim(one.side, claim, **one.now)


def _ask(one: Try) -> Any:
    later = TODAY + datetime.timedelta(days=(one.percent or 0) + 30)
    return extensions.ask(one.side, new_due=later, reason=one.words, **one.now)


def _plan_side(one: Try) -> PlanSide:
    return one.cast.plan_sides[one.place % 2]


def _close(one: Try) -> Any:
    side = _plan_side(one)
    counts = next(s for s in closing.standing_of(one.cast.period) if s.side.pk == side.pk).counts
    return closing.close_side(one.cast.period, side, confirmed=counts, **one.now)


def _reopen(one: Try) -> Any:
    return closing.reopen_side(one.cast.period, _plan_side(one), reason=one.words, **one.now)


Move = Callable[[Try], Any]
MOVES: dict[str, Move] = {
    "save": lambda one: _write(progress.save_draft, one),
    "submit": lambda one: _write(progress.submit, one),
    "approve": lambda one: progress.approve(_report(one), **one.now),
    "return": lambda one: progress.return_report(_report(one), reason=one.words, **one.now),
    "ask to sign": lambda one: signing.ask(_report(one), **one.now),
    "sign": lambda one: signing.sign(_report(one), **one.now),
    "claim 办结": lambda one: _claim(one, EndingKind.COMPLETED),
    "claim 中止": lambda one: _claim(one, EndingKind.SUSPENDED),
    "accept": lambda one: endings.accept(_ending(one), **one.now),
    "refuse": lambda one: endings.refuse(_ending(one), reason=one.words, **one.now),
    "withdraw": lambda one: endings.withdraw(_ending(one), **one.now),
    "revoke": lambda one: endings.revoke(_ending(one), reason=one.words, **one.now),
    "ask 延期": _ask,
    "grant": lambda one: extensions.grant(_extension(one), **one.now),
    "refuse 延期": lambda one: extensions.refuse(_extension(one), reason=one.words, **one.now),
    "close": _close,
    "reopen": _reopen,
}
