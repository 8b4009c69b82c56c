"""The moves that anybody tries: of reports, what comes to an end, and quarters.

A part of the cycle that comes later adds its moves to `MOVES`, and a way through them to `WAYS`.
"""

from collections.abc import Callable
from typing import Any

from tasks.models import Ending, PlanSide, ProgressReport
from tasks.services import closing, endings, progress, signing
from tasks.services.ending_rules import Claim
from tasks.services.entry import Entry
from tasks.states import EndingKind
from tests.faults import moves_findings, moves_parts, moves_schedule
from tests.faults.cast import Move, Nothing, Try


def _entry(one: Try) -> Entry:
    return Entry(percent=one.percent, progress=one.words, problems="无", next_steps=one.words)


def _report(one: Try) -> ProgressReport:
    found = one.report()
    if found is None:
        raise Nothing
    return found


def _ending(one: Try) -> Ending:
    found: Ending = one.latest(one.side.endings)
    return found


def _write(service: Callable[..., Any], one: Try) -> Any:
    version = one.version_of_report()
    return service(one.side, one.cast.period, _entry(one), version=version, **one.now)


def _claim(one: Try, kind: EndingKind) -> Any:
    to = one.cast.later if kind == EndingKind.CARRIED else None
    claim = Claim(kind=kind, reason=one.words, shortfall=one.words, carried_to=to)
    return endings.claim(one.side, claim, **one.now)


def _plan_side(one: Try) -> PlanSide:
    return one.cast.plan_sides[one.place % 2]


def _close(one: Try) -> Any:
    side = _plan_side(one)
    counts = next(s for s in closing.standing_of(one.cast.period) if s.side.pk == side.pk).counts
    return closing.close_side(one.cast.period, side, confirmed=counts, **one.now)


def _reopen(one: Try) -> Any:
    return closing.reopen_side(one.cast.period, _plan_side(one), reason=one.words, **one.now)


MOVES: dict[str, Move] = {
    "save": lambda one: _write(progress.save_draft, one),
    "submit": lambda one: _write(progress.submit, one),
    "approve": lambda one: progress.approve(_report(one), **one.now),
    "return": lambda one: progress.return_report(_report(one), reason=one.words, **one.now),
    "ask to sign": lambda one: signing.ask(_report(one), **one.now),
    "sign": lambda one: signing.sign(_report(one), **one.now),
    "refuse to sign": lambda one: signing.refuse(_report(one), reason=one.words, **one.now),
    "unsign": lambda one: signing.unsign(_report(one), **one.now),
    "hand in signed": lambda one: signing.hand_in(_report(one), **one.now),
    "claim 办结": lambda one: _claim(one, EndingKind.COMPLETED),
    "claim 中止": lambda one: _claim(one, EndingKind.SUSPENDED),
    "claim 长期坚持": lambda one: _claim(one, EndingKind.STANDING),
    "claim 结转": lambda one: _claim(one, EndingKind.CARRIED),
    "accept": lambda one: endings.accept(_ending(one), **one.now),
    "refuse": lambda one: endings.refuse(_ending(one), reason=one.words, **one.now),
    "withdraw": lambda one: endings.withdraw(_ending(one), **one.now),
    "revoke": lambda one: endings.revoke(_ending(one), reason=one.words, **one.now),
    "close": _close,
    "reopen": _reopen,
    **moves_parts.MOVES,
    **moves_schedule.MOVES,
    **moves_findings.MOVES,
}
# What belongs together, so that the later states are reached; people are looked for by trying.
WAYS: tuple[tuple[str, ...], ...] = (
    ("save", "submit", "return", "save", "submit", "approve"),
    ("save", "ask to sign", "refuse to sign", "save", "ask to sign", "sign", "unsign", "save"),
    ("save", "sign", "hand in signed", "return", "submit", "approve"),
    ("submit", "approve", "claim 办结", "accept", "revoke"),
    ("submit", "claim 办结", "refuse", "claim 办结", "withdraw"),
    ("claim 中止", "accept", "revoke", "claim 结转", "accept", "revoke", "claim 长期坚持"),
    ("close", "submit", "approve", "reopen"),
    *moves_parts.WAYS,
    *moves_schedule.WAYS,
    *moves_findings.WAYS,
)
