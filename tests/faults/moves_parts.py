"""Moves of 配合情况 and of the figures of a target."""

from decimal import Decimal
from typing import Any

from tasks.models import Contribution, Observation, Responsibility
from tasks.services import contributions, observations
from tasks.services.observation_entries import Entry
from tests.faults.cast import Move, Nothing, Try


def _helper(one: Try) -> Responsibility:
    return one.cast.helpers[one.place]


def _part(one: Try) -> Contribution:
    found: Contribution = one.latest(Contribution.objects.filter(responsibility=_helper(one)))
    return found


def _tell(one: Try, *, submit: bool) -> Any:
    try:
        version = _part(one).version
    except Nothing:
        version = 0
    return contributions.save(
        _helper(one), one.cast.period, one.words, version=version, submit=submit, **one.now
    )


def _take(one: Try) -> Any:
    part = _part(one)
    return contributions.take(part, one.side, version=one.version_of_report(), **one.now)


def _entry(one: Try) -> Entry:
    value = None if one.percent is None else Decimal(one.percent)
    return Entry(value=value, period=str(2020 + one.place), source_words=one.words)


def _figure(one: Try) -> Observation:
    rows = Observation.objects.filter(target=one.cast.target, period_text=f"{2020 + one.place}年")
    found: Observation = one.latest(rows)
    return found


def _enter(one: Try) -> Any:
    try:
        row: Observation | None = _figure(one)
    except Nothing:
        row = None
    version = row.version if row else 0
    return observations.save_draft(
        one.cast.target, _entry(one), row=row, version=version, **one.now
    )


def _correct(one: Try) -> Any:
    old = _figure(one)
    one.seen.clear()  # what is corrected stays as it is
    return observations.save_draft(one.cast.target, _entry(one), supersedes=old, **one.now)


def _hand_in(one: Try) -> Any:
    row = _figure(one)
    sure = one.percent is not None
    return observations.submit(row, version=row.version, confirmed=sure, **one.now)


MOVES: dict[str, Move] = {
    "save 配合": lambda one: _tell(one, submit=False),
    "tell 配合": lambda one: _tell(one, submit=True),
    "recall 配合": lambda one: contributions.recall(_part(one), **one.now),
    "send back 配合": lambda one: contributions.send_back(_part(one), reason=one.words, **one.now),
    "take 配合": _take,
    "enter 监测值": _enter,
    "correct 监测值": _correct,
    "hand in 监测值": _hand_in,
    "approve 监测值": lambda one: observations.approve(_figure(one), **one.now),
    "return 监测值": lambda one: observations.send_back(_figure(one), reason=one.words, **one.now),
}
WAYS = (
    ("save 配合", "tell 配合", "recall 配合", "tell 配合", "send back 配合", "tell 配合"),
    ("tell 配合", "take 配合", "submit", "approve"),
    ("enter 监测值", "hand in 监测值", "return 监测值", "enter 监测值"),
    ("enter 监测值", "hand in 监测值", "approve 监测值", "correct 监测值", "hand in 监测值"),
)
