"""抽查: closed-off sides drawn by lot, which can be drawn again the same from the record."""

import datetime
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Plan, Responsibility, Sample, SampleRow
from tasks.states import TaskState
from tracker.lib.text import clean_text
from units.models import Jurisdiction, User, codes_below
from units.services import audit

MOST = 500
MAX_NOTE = 200
MAX_RESULT = 4000


@dataclass(frozen=True)
class Again:
    """What drawing again from the record gives, and whether the rows are the same."""

    ids: list[int]
    is_same: bool


def closed_off(place: Jurisdiction, plan: Plan | None) -> QuerySet[Responsibility]:
    """Sides that are 已销号 in the place and below, from which is drawn."""
    rows = Responsibility.objects.leads().filter(
        state=TaskState.CLOSED, side__in=Jurisdiction.objects.filter(codes_below([place.code]))
    )
    return rows if plan is None else rows.filter(task__plan=plan)


def drawn_from(base: Sequence[int], size: int, seed: str) -> list[int]:
    """So many of the base, in the order drawn; the same for the same base and seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable by the record; the seed is secret-made
    return chance.sample(sorted(base), min(size, len(base)))


@transaction.atomic
def draw(
    place: Jurisdiction,
    plan: Plan | None,
    *,
    size: int,
    note: str = "",
    by: User,
    now: datetime.datetime,
) -> Sample:
    """Draw, and keep base and seed. PermissionDenied, ValidationError by field."""
    if not policy.can(by, "sample.draw", place):
        raise PermissionDenied
    note = clean_text(note)
    base = sorted(closed_off(place, plan).values_list("pk", flat=True))
    _check_draw(base, size, note)
    seed = secrets.token_hex(8)
    sample = Sample.objects.create(
        plan=plan,
        jurisdiction=place,
        size=size,
        seed=seed,
        base=base,
        drawn_by=by,
        drawn_at=now,
        note=note,
    )
    ids = drawn_from(base, size, seed)
    SampleRow.objects.bulk_create(
        SampleRow(sample=sample, order=n, responsibility_id=pk) for n, pk in enumerate(ids, 1)
    )
    audit.record(
        "sample.draw",
        sample,
        by=by,
        after={"size": size, "plan": plan, "jurisdiction": place, "seed": seed, "drawn": ids},
    )
    return sample


def _check_draw(base: Sequence[int], size: int, note: str) -> None:
    errors = {}
    if not 1 <= size <= MOST:
        errors["size"] = _("抽取数量应为1至%(most)d。") % {"most": MOST}
    elif not base:
        errors["jurisdiction"] = _("该范围内没有已销号的任务，无可抽取。")
    if len(note) > MAX_NOTE:
        errors["note"] = _("说明最多%(most)d字。") % {"most": MAX_NOTE}
    if errors:
        raise ValidationError(errors)


def draw_again(sample: Sample) -> Again:
    """From the record alone: base, size and seed."""
    ids = drawn_from(sample.base, sample.size, sample.seed)
    kept = list(sample.rows.order_by("order").values_list("responsibility_id", flat=True))
    return Again(ids, ids == kept)


@transaction.atomic
def check(row: SampleRow, *, result: str, by: User, now: datetime.datetime) -> SampleRow:
    """What the check of a drawn side found; a later word replaces the earlier, both on record."""
    locked = (
        SampleRow.objects.select_for_update(of=("self",)).select_related("sample").get(pk=row.pk)
    )
    if not policy.can(by, "sample.view", locked.sample):
        raise PermissionDenied
    result = clean_text(result)
    if not result:
        raise ValidationError({"result": _("请填写核查结果。")})
    if len(result) > MAX_RESULT:
        raise ValidationError({"result": _("最多%(most)d字。") % {"most": MAX_RESULT}})
    before = {"result": locked.result}
    locked.result, locked.checked_by, locked.checked_at = result, by, now
    locked.save(update_fields=["result", "checked_by", "checked_at"])
    audit.record("sample.check", locked, by=by, before=before, after={"result": result})
    return locked
