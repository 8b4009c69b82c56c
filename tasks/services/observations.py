"""The life of an entered observation: draft → submitted → approved, or returned → draft."""

import datetime
from dataclasses import fields
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Indicator, Observation, Target
from tasks.services import notices
from tasks.services.figure_checks import doubts
from tasks.services.observation_entries import Entry, cleaned, filer_for
from tasks.states import OBSERVATION_MOVES, Basis, ObservationState
from tracker.lib.stale import Stale
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit


class NeedsConfirmation(ValidationError):
    """The figure is out of the ordinary: nothing was handed in; `confirmed` hands it in."""


@transaction.atomic
def save_draft(
    target: Target,
    entry: Entry,
    *,
    by: User,
    now: datetime.datetime,
    row: Observation | None = None,
    version: int = 0,
    supersedes: Observation | None = None,
) -> Observation:
    """Save a new draft, or `row`, of which the person saw `version`.

    Raises PermissionDenied, ValidationError (by field), Stale.
    """
    # Who enters figures of one indicator waits for the other: the same period comes once.
    Indicator.objects.select_for_update(of=("self",), no_key=True).get(pk=target.indicator_id)
    row = _fresh(target, by, supersedes) if row is None else _to_change(row, by, version)
    values = cleaned(target, entry, now.date())
    for name, value in values.items():
        setattr(row, name, value)
    _check_once(row)
    row.state, row.filled_by, row.updated_at = ObservationState.DRAFT, by, now
    row.version = row.version + 1 if row.pk else 1
    changed = [*values, "state", "filled_by", "updated_at", "version"]
    row.save(update_fields=changed if row.pk else None)
    audit.record("observation.save", row, by=by, after=_said(row))
    return row


def _fresh(target: Target, by: User, supersedes: Observation | None) -> Observation:
    if not policy.can(by, "observation.enter", target):
        raise PermissionDenied
    filer = filer_for(by, target)
    if supersedes is not None:
        _check_can_correct(supersedes, target)
    return Observation(
        target=target,
        indicator=target.indicator,
        unit=filer.unit,
        office=filer.office,
        side=filer.side,
        supersedes=supersedes,
    )


def _check_can_correct(old: Observation, target: Target) -> None:
    if old.state != ObservationState.APPROVED or old.indicator_id != target.indicator_id:
        raise ValidationError(_("只能更正本目标指标已审核的监测值。"))
    if old.corrections.exists():
        raise ValidationError(_("该监测值已更正或正在更正，请查看更正后的监测值。"))


def _to_change(row: Observation, by: User, version: int) -> Observation:
    locked = Observation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not policy.observations.writes(by, locked):
        raise PermissionDenied  # before anything is said of its state
    if not locked.is_editable:
        raise ValidationError(
            _("该监测值%(state)s，不能修改；如需更正，请另行录入更正。")
            % {"state": locked.get_state_display()}
        )
    if locked.version != version:
        raise Stale(
            _("有新版本：您打开之后，该监测值又保存过。您填写的内容尚未保存，请核对后再保存。")
        )
    if locked.state != ObservationState.DRAFT:
        check_move(OBSERVATION_MOVES, ObservationState(locked.state), ObservationState.DRAFT)
    return locked


def _check_once(row: Observation) -> None:
    """The same indicator, place, basis and span is entered once, corrections apart."""
    span = Q(ends_on=row.ends_on, starts_on=row.starts_on) | Q(period_text=row.period_text)
    same = (
        Observation.objects.filter(
            span, indicator=row.indicator, place_name=row.place_name, basis=row.basis
        )
        .exclude(pk__in=[pk for pk in (row.pk, row.supersedes_id) if pk is not None])
        .exclude(corrections__state=ObservationState.APPROVED)
        .first()
    )
    if same is None:
        return
    told = {"period": row.period_text, "basis": row.get_basis_display()}
    if same.state == ObservationState.APPROVED:
        told["figure"] = same.figure
        raise ValidationError(
            _(
                "%(period)s的%(basis)s值已有（%(figure)s），不能重复录入；有误的，请在目标页上对它“更正”。"
            )
            % told
        )
    raise ValidationError(
        _("%(period)s的%(basis)s值已在录入或待审核，不能重复录入；请先处理那一条。") % told
    )


def _said(row: Observation) -> dict[str, Any]:
    names = [part.name for part in fields(Entry) if part.name not in ("period", "place")]
    said = {name: getattr(row, name) for name in names}
    return {**said, "period_text": row.period_text, "place": row.where}


@transaction.atomic
def submit(
    row: Observation, *, by: User, now: datetime.datetime, version: int, confirmed: bool = False
) -> Observation:
    """Hand in to the side's office. NeedsConfirmation unless doubts are `confirmed`."""
    row = _to_change(row, by, version)
    _check_complete(row)
    found = doubts_about(row)
    if found and not confirmed:
        raise NeedsConfirmation({"confirmed": found})
    check_move(OBSERVATION_MOVES, ObservationState(row.state), ObservationState.SUBMITTED)
    row.state, row.submitted_by, row.submitted_at = ObservationState.SUBMITTED, by, now
    row.updated_at, row.version = now, version + 1
    row.save(update_fields=["state", "submitted_by", "submitted_at", "updated_at", "version"])
    audit.record("observation.submit", row, by=by, after=_said(row))
    return row


def doubts_about(row: Observation) -> list[str]:
    """Sentences about what is out of the ordinary in the figure."""
    if row.target is None:
        return []
    earlier = Observation.objects.approved().filter(
        indicator=row.indicator, place_name=row.place_name, ends_on__lt=row.ends_on
    )
    earlier = earlier.exclude(basis=Basis.FORECAST).filter(value__isnull=False, basis=row.basis)
    earlier = earlier.exclude(corrections__state=ObservationState.APPROVED)
    return doubts(row.target, row, earlier.order_by("-ends_on", "-pk").first())


def _check_complete(row: Observation) -> None:
    errors = {}
    if row.value is None and not row.category:
        errors["value"] = _("请填写监测值，或填写类别。")
    if not row.source_words:
        errors["source_words"] = _("请填写数据来源，如“市统计局2025年能源统计”。")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def approve(row: Observation, *, by: User, now: datetime.datetime) -> Observation:
    """The side's office accepts a figure as read: `row` carries the version that was seen."""
    row = _for_review(row, ObservationState.APPROVED, by=by)
    if row.supersedes_id is not None:
        # Two corrections of one figure are judged one after the other.
        old = Observation.objects.select_for_update(of=("self",)).get(pk=row.supersedes_id)
        if old.corrections.approved().exists():
            raise ValidationError(_("所更正的监测值已另有更正，请退回。"))
    row.reviewed_by, row.reviewed_at = by, now
    row.save(update_fields=["state", "reviewed_by", "reviewed_at", "version"])
    notices.settle([f"observation/{row.pk}"])
    audit.record("observation.approve", row, by=by, after=_said(row))
    return row


@transaction.atomic
def send_back(row: Observation, *, reason: str, by: User, now: datetime.datetime) -> Observation:
    """The side's office sends a figure back, with a reason."""
    row = _for_review(row, ObservationState.RETURNED, by=by)
    reason = clean_text(reason)
    if not reason:
        raise ValidationError({"reason": _("请填写退回理由。")})
    row.reviewed_by, row.reviewed_at, row.return_reason = by, now, reason
    row.save(update_fields=["state", "reviewed_by", "reviewed_at", "return_reason", "version"])
    notices.settle([f"observation/{row.pk}"])
    audit.record("observation.return", row, by=by, reason=reason)
    return row


def _for_review(row: Observation, to: ObservationState, *, by: User) -> Observation:
    locked = Observation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not policy.observations.judges(by, locked):
        raise PermissionDenied
    check_move(OBSERVATION_MOVES, ObservationState(locked.state), to)
    if locked.version != row.version:
        raise Stale(_("您打开之后，该监测值已有变化，没有作出处理。请重新审阅。"))
    locked.state = to
    locked.version += 1
    return locked
