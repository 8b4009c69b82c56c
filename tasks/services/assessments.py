"""终期评估: of each side of a plan's tasks, by its office: reached, partly or not, and why."""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Assessment, Plan, Responsibility
from tasks.services.ending_rules import MAX_TEXT
from tasks.states import Outcome
from tracker.lib.stale import Stale
from tracker.lib.text import clean_text
from units.models import Jurisdiction, User
from units.services import audit


@dataclass(frozen=True)
class Judgement:
    """What is said of one side; `version` is the one that was seen, 0 where there was none."""

    outcome: str
    reason: str
    version: int = 0


@dataclass(frozen=True)
class Row:
    """One side with what was said of it so far."""

    side: Responsibility
    assessment: Assessment | None
    may_edit: bool

    @property
    def version(self) -> int:
        return self.assessment.version if self.assessment else 0


@dataclass(frozen=True)
class Sum:
    """One side of the plan: how many of its tasks are judged, and how."""

    side: Jurisdiction | None
    total: int
    counts: Counter[str]

    @property
    def done(self) -> int:
        return sum(self.counts.values())

    @property
    def is_complete(self) -> bool:
        """All are judged."""
        return self.done == self.total

    @property
    def outcomes(self) -> list[tuple[Outcome, int]]:
        return [(outcome, self.counts[outcome.value]) for outcome in Outcome]


class WrongRows(ValidationError):
    """Some rows cannot be saved, so none was; `rows` are their errors by the side's number."""

    def __init__(self, rows: Mapping[int, ValidationError]) -> None:
        super().__init__([text for error in rows.values() for text in error.messages])
        self.rows = rows


def rows_of(user: User, plan: Plan, today: datetime.date) -> list[Row]:
    """The sides of the plan of which the person reads 终期评估, with light and percent."""
    seen: Any = policy.scope(user, "assessment.view").filter(task__plan=plan)
    edited = policy.scope(user, "assessment.edit").filter(task__plan=plan)
    mine = set(edited.order_by().values_list("pk", flat=True))
    sides = (
        seen.with_light(today)
        .select_related("task__plan", "unit", "side", "assessment__assessed_by")
        .order_by("task__number", "order")
    )
    return [Row(side, getattr(side, "assessment", None), side.pk in mine) for side in sides]


def sums_of(rows: Sequence[Row]) -> list[Sum]:
    """For each side of the plan how far its office is, by code."""
    places = {row.side.side_id: row.side.side for row in rows}
    sums = []
    for pk, place in places.items():
        own = [row for row in rows if row.side.side_id == pk]
        counts = Counter(row.assessment.outcome for row in own if row.assessment)
        sums.append(Sum(place, len(own), counts))
    return sorted(sums, key=lambda one: one.side.code if one.side else "~")


@transaction.atomic
def save(
    side: Responsibility, judgement: Judgement, *, by: User, now: datetime.datetime
) -> Assessment:
    """Say what became of one side. Raises PermissionDenied, ValidationError (by field), Stale."""
    side = Responsibility.objects.select_for_update(of=("self",)).get(pk=side.pk)
    if not policy.can(by, "assessment.edit", side):
        raise PermissionDenied
    judgement = _checked(judgement)
    found = Assessment.objects.filter(responsibility=side).first()
    if judgement.version != (found.version if found else 0):
        raise Stale(_("对方已改：您打开之后，该行的评估又保存过，请核对后再保存。"))
    row = found or Assessment(responsibility=side, version=0)
    before = {"outcome": row.outcome, "reason": row.reason} if found else {}
    row.outcome, row.reason = judgement.outcome, judgement.reason
    row.assessed_by, row.assessed_at = by, now
    row.version += 1
    names = ["outcome", "reason", "assessed_by", "assessed_at", "version"]
    row.save(update_fields=names if row.pk else None)
    after = {"outcome": row.outcome, "reason": row.reason}
    audit.record("assessment.save", row, by=by, before=before, after=after)
    return row


@transaction.atomic
def save_all(
    judgements: Mapping[Responsibility, Judgement], *, by: User, now: datetime.datetime
) -> list[Assessment]:
    """Save several rows, all or none; WrongRows names what is wrong with which."""
    saved: list[Assessment] = []
    wrong: dict[int, ValidationError] = {}
    for side in sorted(judgements, key=lambda one: one.pk):  # one order of locks for everybody
        try:
            saved.append(save(side, judgements[side], by=by, now=now))
        except ValidationError as error:
            wrong[side.pk] = error
    if wrong:
        raise WrongRows(wrong)
    return saved


def _checked(judgement: Judgement) -> Judgement:
    reason = clean_text(judgement.reason)
    errors: dict[str, str] = {}
    if judgement.outcome not in Outcome.values:
        errors["outcome"] = _("请选择评估结论：完成、部分完成或未完成。")
    if not reason:
        errors["reason"] = _("请写明评估说明：依据什么、还差什么。")
    elif len(reason) > MAX_TEXT:
        told = {"length": len(reason), "limit": MAX_TEXT}
        errors["reason"] = _("文字共%(length)d字，最多%(limit)d字，请精简。") % told
    if errors:
        raise ValidationError(errors)
    return Judgement(judgement.outcome, reason, judgement.version)
