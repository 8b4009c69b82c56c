"""Moves of 督查意见, with the proposal to revoke 办结."""

import datetime
from functools import partial
from typing import Any

from tasks.models import Finding
from tasks.services import findings
from tasks.services.findings import Notice
from tasks.states import ENDED_STATES, FindingStepKind
from tests.factories import TODAY
from tests.faults.cast import Move, Try

KIND = FindingStepKind


def _issue(one: Try) -> Any:
    """A proposal to revoke 办结 where there is one to revoke, and now and then where not."""
    one.side.refresh_from_db(fields=["state"])
    proposes = one.side.state in ENDED_STATES or one.words == "=1+1"
    notice = Notice(one.words, "请补齐佐证材料。", one.day, proposes_revoking=proposes)
    return findings.issue(one.side, notice, **one.now)


def _finding(one: Try) -> Finding:
    found: Finding = one.latest(one.side.findings)
    return found


def _act(one: Try, kind: FindingStepKind) -> Any:
    row = _finding(one)
    later = kind == KIND.EXTEND
    due = TODAY + datetime.timedelta(days=150 if one.percent == 100 else 100) if later else None
    return findings.act(row, kind, text=one.words, version=row.version, due_on=due, **one.now)


def _answer_proposal(one: Try, *, agrees: bool) -> Any:
    row = _finding(one)
    return findings.answer_proposal(
        row, agrees=agrees, text=one.words, version=row.version, **one.now
    )


MOVES: dict[str, Move] = {
    "issue 督查": _issue,
    **{f"{kind.value} 督查": partial(_act, kind=kind) for kind in findings.ACTS},
    "agree to revoke": lambda one: _answer_proposal(one, agrees=True),
    "decline to revoke": lambda one: _answer_proposal(one, agrees=False),
}
WAYS = (
    ("issue 督查", "answer 督查", "reject 督查", "answer 督查", "close 督查"),
    ("issue 督查", "contest 督查", "uphold 督查", "extend 督查", "answer 督查", "close 督查"),
    ("issue 督查", "contest 督查", "withdraw 督查"),
    ("claim 中止", "accept", "issue 督查", "close 督查", "agree to revoke", "answer 督查"),
    ("claim 长期坚持", "accept", "issue 督查", "decline to revoke", "answer 督查", "close 督查"),
)
