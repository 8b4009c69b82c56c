"""机构变动: renaming, merging, splitting, abolishing from a day on."""

import datetime
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tracker.lib.states import IllegalMove
from tracker.lib.text import clean_text, listed
from tracker.lib.workdays import ONE_DAY
from units import policy
from units.above import Foreseen, above
from units.models import Membership, Office, PersonRequest, Succession, Unit, UnitName, User
from units.services import audit
from units.services.people import Post, end_post, give_post
from units.services.succession_rules import SuccessionText, check, in_order
from units.services.units import one_at_a_time
from units.states import NameKind, Role


@transaction.atomic
def enter(text: SuccessionText, *, by: User, now: datetime.datetime) -> Succession:
    """Enter a change; one whose day has come is carried out at once.

    Raises PermissionDenied, ValidationError by field; nothing half done.
    """
    may_enter(text, by=by)
    one_at_a_time()
    check(text, today=now.date())
    row = Succession(
        kind=text.kind,
        day=text.day,
        new_name=clean_text(text.new_name),
        basis=clean_text(text.basis),
        duties={str(duty): heir for duty, heir in text.duties.items()},
        people_stay=heir_of_people(text, by=by) is None,
        entered_by=by,
        entered_at=now,
    )
    row.full_clean()
    row.save()
    row.old.set(text.old)
    row.new.set(text.old if text.is_renaming else text.new)
    audit.record("succession.enter", row, by=by, after=_said(row), reason=row.basis)
    if row.is_due(now.date()):
        carry_out(row, by=by, now=now)
        row.done_at = now
    return row


def heir_of_people(text: SuccessionText, *, by: User) -> Unit | None:
    """The one heir, if it too is the person's to change: else they would give posts elsewhere."""
    heir = text.change.only_heir
    if heir is None or heir in text.old or policy.can(by, "unit.succeed", heir):
        return heir
    return None


def foresee(text: SuccessionText, *, by: User, today: datetime.date) -> Foreseen:
    """What the change would move; raises as `enter` does."""
    may_enter(text, by=by)
    return check(text, today=today)


def may_enter(text: SuccessionText, *, by: User) -> None:
    """Raise PermissionDenied unless each old unit is the person's to change."""
    wanted = {unit.pk for unit in text.old}
    if policy.scope(by, "unit.succeed").filter(pk__in=wanted).count() != len(wanted):
        raise PermissionDenied


@transaction.atomic
def cancel(row: Succession, *, reason: str, by: User) -> None:
    """Take back a change that has not been carried out; what it was stands in the log."""
    row = _locked(row)
    may_enter(text_of(row), by=by)
    if not row.is_waiting():
        raise IllegalMove(
            _("这项变动已于%(day)s办理，不能取消；有误的，请另行登记一次变动。") % {"day": row.day}
        )
    reason = clean_text(reason)
    if not reason:
        raise ValidationError({"reason": _("请写明取消的理由。")})
    audit.record("succession.cancel", row, by=by, before=_said(row), reason=reason[:500])
    row.delete()


def _locked(row: Succession) -> Succession:
    """The row as it is now; IllegalMove where somebody has cancelled it meanwhile."""
    found = Succession.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise IllegalMove(_("这项变动已由他人取消。"))
    return found


def text_of(row: Succession) -> SuccessionText:
    """The change as it was entered."""
    old = list(row.old.all())
    text = SuccessionText(
        row.kind, row.day, old, list(row.new.all()), row.new_name, row.basis, _duties(row)
    )
    if text.is_renaming:
        return SuccessionText(row.kind, row.day, old, (), row.new_name, row.basis)
    return text


def _duties(row: Succession) -> dict[int, int]:
    return {int(duty): int(heir) for duty, heir in row.duties.items()}


def _said(row: Succession) -> dict[str, object]:
    values = {
        "kind": row.kind,
        "day": row.day,
        "old": list(row.old.all()),
        "new": [] if row.new_name else list(row.new.all()),
        "new_name": row.new_name,
        "duties": row.duties,
    }
    return {name: value for name, value in values.items() if value}


@transaction.atomic
def carry_out(row: Succession, *, by: User | None, now: datetime.datetime) -> dict[str, int]:
    """Do what was entered, once. Raises ValidationError where it cannot be done any more."""
    one_at_a_time()
    row = _locked(row)
    if not row.is_due(now.date()):
        return {}
    text = text_of(row)
    check(text, today=now.date(), but=row.pk)
    moved = _rename(row, text, by=by) if text.is_renaming else _succeed(row, text, by=by, now=now)
    row.done_at = now
    row.save(update_fields=["done_at"])
    return moved


def _rename(row: Succession, text: SuccessionText, *, by: User | None) -> dict[str, int]:
    """The name changes, and what was the full name until then is a former one."""
    (unit,), last = text.old, row.day - ONE_DAY
    before = unit.name
    UnitName.objects.filter(unit=unit, kind=NameKind.FULL, valid_until=None).update(
        valid_until=last
    )
    UnitName.objects.update_or_create(
        unit=unit,
        name=before,
        kind=NameKind.FORMER,
        defaults={"valid_until": last, "basis": row.basis},
    )
    UnitName.objects.update_or_create(
        unit=unit,
        name=row.new_name,
        kind=NameKind.FULL,
        defaults={"valid_from": row.day, "valid_until": None, "basis": row.basis},
    )
    unit.name = row.new_name
    unit.save(update_fields=["name"])
    audit.record(
        "unit.succeed",
        unit,
        by=by,
        before={"name": before},
        after={"name": row.new_name, "day": row.day},
        reason=row.basis,
    )
    return {}


def _succeed(
    row: Succession, text: SuccessionText, *, by: User | None, now: datetime.datetime
) -> dict[str, int]:
    """Duties by the floor above, then people, offices and the units themselves."""
    change = text.change
    moved: dict[str, int] = {}
    for mover in above.movers:
        moved |= mover(change, by=by, now=now)
    heir = change.only_heir
    for unit in change.leaving:
        goes_to = None if row.people_stay else heir
        people = _move_people(unit, goes_to, day=row.day, by=by)
        moved["people"] = moved.get("people", 0) + people
        if heir is not None:
            _move_bodies(unit, heir)
            unit.successor, unit.succeeded_on = heir, row.day
        unit.abolished_on = row.day
        unit.save(update_fields=["successor", "succeeded_on", "abolished_on"])
        after = {"abolished_on": row.day, "new": list(change.heirs)}
        audit.record("unit.succeed", unit, by=by, after=after | moved, reason=row.basis)
    if not change.leaving:
        after = {"day": row.day, "new": list(change.heirs)}
        audit.record("unit.succeed", text.old[0], by=by, after=after | moved, reason=row.basis)
    return moved


def posts_on(unit: Unit, day: datetime.date) -> QuerySet[Membership]:
    """Posts that last until the day or begin later."""
    return Membership.objects.filter(unit=unit).exclude(until__lt=day)


def _move_people(unit: Unit, heir: Unit | None, *, day: datetime.date, by: User | None) -> int:
    """Posts end the day before, and begin in the heir where there is one alone."""
    posts = list(posts_on(unit, day).select_for_update(of=("self",)).select_related("user"))
    for post in posts:
        since, until = post.since, post.until
        end_post(post, on=day - ONE_DAY, by=by)
        if heir is None:
            continue
        held = Membership.objects.filter(user=post.user_id, role=post.role, unit=heir)
        if held.exclude(until__lt=day).exists():
            continue
        begins = max(since, day) if since else day
        given = give_post(post.user, Post(Role(post.role), unit=heir), by=by, since=begins)
        if until is not None:
            given.until = until
            given.save(update_fields=["until"])
    return len(posts)


def _move_bodies(unit: Unit, heir: Unit) -> None:
    """Offices that sit in the unit, collectives of which it is a member, requests about posts."""
    Office.objects.filter(host_unit=unit).update(host_unit=heir)
    for collective in unit.collectives.all():
        collective.members.remove(unit)
        if collective != heir:
            collective.members.add(heir)
    PersonRequest.objects.waiting().filter(unit=unit).update(unit=heir)


@dataclass(frozen=True)
class CarriedOut:
    """What a run did, and of which changes it could not, with the sentences."""

    done: list[Succession]
    stuck: list[tuple[Succession, str]]


def carry_out_due(*, now: datetime.datetime) -> CarriedOut:
    """Carry out what has come to its day, each by itself: one that is stuck holds no other."""
    done: list[Succession] = []
    stuck: list[tuple[Succession, str]] = []
    for row in Succession.objects.due(now.date()):
        try:
            carry_out(row, by=None, now=now)
        except ValidationError as error:
            stuck.append((row, listed(error.messages)))
        else:
            done.append(row)
    return CarriedOut(done, stuck)


def why_stuck(row: Succession, *, today: datetime.date) -> str:
    """Why a change whose day has come cannot be carried out; empty where it can."""
    try:
        check(text_of(row), today=today, but=row.pk)
    except ValidationError as error:
        return listed(error.messages)
    return ""


__all__ = [
    "CarriedOut",
    "cancel",
    "carry_out",
    "carry_out_due",
    "enter",
    "foresee",
    "in_order",
    "may_enter",
    "posts_on",
    "text_of",
    "why_stuck",
]
