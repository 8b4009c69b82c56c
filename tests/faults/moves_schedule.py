"""Moves of 年度节点 and 延期."""

import datetime
from typing import Any

from tasks.models import Extension, Milestone
from tasks.services import extensions, milestone_drafts, milestones
from tasks.services.milestone_drafts import Line
from tasks.services.milestone_rules import Step
from tasks.states import MILESTONE_BEFORE, MilestoneState
from tests.factories import TODAY
from tests.faults.cast import Move, Nothing, Try


def _step(one: Try) -> Step:
    """Percent grows with the day; that of one text does not, and is refused beside others."""
    percent = 100 - (one.percent or 0) if one.words == "=1+1" else one.percent
    return Step(one.day, one.words, percent)


def _draft(one: Try, *, removed: bool = False) -> Any:
    """A new draft, or the one that there is, changed or taken out."""
    row = one.side.milestones.filter(state=MilestoneState.DRAFT).first()
    if row is None:
        if removed:
            raise Nothing
        return milestone_drafts.save(one.side, [Line(_step(one))], by=one.by)
    one.as_read(row)
    line = Line(_step(one), row=row.pk, version=row.version, removed=removed)
    return milestone_drafts.save(one.side, [line], by=one.by)


def _milestone(one: Try) -> Milestone:
    found: Milestone = one.latest(one.side.milestones)
    return found


def _standing(one: Try) -> Milestone:
    found: Milestone = one.latest(one.side.milestones.exclude(state__in=MILESTONE_BEFORE))
    return found


def _change(one: Try) -> Any:
    return milestones.change(_standing(one), _step(one), reason=one.words, **one.now)


def _claim(one: Try) -> Any:
    met_on = TODAY + datetime.timedelta(days=1 if one.percent == 100 else 0)
    return milestones.claim(_standing(one), met_on=met_on, result=one.words, **one.now)


def _ask(one: Try) -> Any:
    later = TODAY + datetime.timedelta(days=(one.percent or 0) + 40)
    return extensions.ask(one.side, new_due=later, reason=one.words, **one.now)


def _extension(one: Try) -> Extension:
    found: Extension = one.latest(one.side.extensions)
    return found


MOVES: dict[str, Move] = {
    "draft 节点": _draft,
    "remove 节点": lambda one: _draft(one, removed=True),
    "propose 节点": lambda one: milestones.propose(one.side, **one.now),
    "recall 节点": lambda one: milestones.recall(_milestone(one), by=one.by),
    "confirm 节点": lambda one: milestones.confirm([_milestone(one)], **one.now),
    "send back 节点": lambda one: milestones.send_back(
        [_milestone(one)], reason=one.words, **one.now
    ),
    "change 节点": _change,
    "claim 节点": _claim,
    "accept 节点": lambda one: milestones.accept(_milestone(one), **one.now),
    "drop 节点": lambda one: milestones.drop(_milestone(one), reason=one.words, **one.now),
    "ask 延期": _ask,
    "grant": lambda one: extensions.grant(_extension(one), **one.now),
    "refuse 延期": lambda one: extensions.refuse(_extension(one), reason=one.words, **one.now),
    "withdraw 延期": lambda one: extensions.withdraw(_extension(one), **one.now),
}
BEGUN = ("draft 节点", "propose 节点")
WAYS = (
    (*BEGUN, "recall 节点", "propose 节点", "send back 节点", "draft 节点", "remove 节点"),
    (*BEGUN, "confirm 节点", "claim 节点", "send back 节点", "claim 节点", "accept 节点"),
    (*BEGUN, "confirm 节点", "change 节点", "confirm 节点", "drop 节点"),
    ("ask 延期", "refuse 延期", "ask 延期", "withdraw 延期", "ask 延期", "grant"),
)
