"""代收提醒: who is told in somebody's place in a unit for some days."""

import datetime
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from units import policy
from units.models import Deputy, Membership, Unit, User
from units.services import audit

LONGEST = 366  # days


@dataclass(frozen=True)
class DeputyText:
    """Who is away, who is told instead, and for which days, both included."""

    person: User
    deputy: User
    since: datetime.date
    until: datetime.date


def people_of(unit: Unit, today: datetime.date) -> QuerySet[User]:
    """Who has a post in the unit now and may come in."""
    posts = Membership.objects.current(today).filter(unit=unit)
    return User.objects.filter(pk__in=posts.values("user")).order_by("username")


@transaction.atomic
def name(unit: Unit, text: DeputyText, *, by: User, today: datetime.date) -> Deputy:
    """Name a deputy. Raises PermissionDenied, ValidationError by field."""
    unit = Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
    if not policy.can(by, "deputy.name", unit):
        raise PermissionDenied
    _check(unit, text, today)
    row = Deputy(
        unit=unit, person=text.person, deputy=text.deputy, since=text.since, until=text.until
    )
    row.full_clean()
    row.save()
    after = {"unit": unit, "person": text.person, "deputy": text.deputy}
    audit.record(
        "deputy.name", row, by=by, after=after | {"since": text.since, "until": text.until}
    )
    return row


def _check(unit: Unit, text: DeputyText, today: datetime.date) -> None:
    errors: dict[str, str] = {}
    people = set(people_of(unit, today))
    for field in ("person", "deputy"):
        one = getattr(text, field)
        if one not in people:
            errors[field] = _("%(person)s现在不在%(unit)s任职，请选择本单位人员。") % {
                "person": one,
                "unit": unit,
            }
    if text.person == text.deputy:
        errors["deputy"] = _("代收人须是另一个人。")
    if text.until < text.since:
        errors["until"] = _("止日不能早于起日。")
    elif text.until < today:
        errors["until"] = _("止日已过，请填写今天或以后的日期。")
    elif (text.until - text.since).days >= LONGEST:
        errors["until"] = _("最长一年；长期离岗请办理移交。")
    if errors:
        raise ValidationError(errors)
    _check_days(unit, text)


def _check_days(unit: Unit, text: DeputyText) -> None:
    """Nobody has two deputies on a day, and no deputy is away."""
    same_days = Deputy.objects.filter(unit=unit, since__lte=text.until, until__gte=text.since)
    words = {"person": text.person, "deputy": text.deputy}
    if other := same_days.filter(person=text.person).select_related("deputy").first():
        days = {"since": other.since.isoformat(), "until": other.until.isoformat()}
        sentence = _("%(person)s在%(since)s至%(until)s已由%(deputy)s代收，请先结束。")
        raise ValidationError({"since": sentence % (words | days | {"deputy": other.deputy})})
    away = same_days.filter(person=text.deputy).exists()
    if away or same_days.filter(deputy=text.person).exists():
        sentence = _("这几天里%(deputy)s也由他人代收，或%(person)s正为他人代收，请另选人或日期。")
        raise ValidationError({"deputy": sentence % words})


@transaction.atomic
def end(row: Deputy, *, by: User, today: datetime.date) -> None:
    """Back earlier, or entered wrongly: from today on the person is told again."""
    locked = Deputy.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not policy.can(by, "deputy.name", locked.unit):
        raise PermissionDenied
    if locked.is_over(today):
        raise ValidationError(_("该代收已于%(day)s结束。") % {"day": locked.until.isoformat()})
    was = {"person": locked.person, "deputy": locked.deputy, "until": locked.until}
    if locked.since >= today:
        audit.record("deputy.end", locked, by=by, before=was, after={"until": None})
        locked.delete()
        return
    locked.until = today - datetime.timedelta(days=1)
    locked.save(update_fields=["until"])
    audit.record("deputy.end", locked, by=by, before=was, after={"until": locked.until})


def of_unit(unit: Unit, today: datetime.date) -> QuerySet[Deputy]:
    """Those of today and of days to come."""
    rows = Deputy.objects.filter(Q(until__gte=today), unit=unit)
    return rows.select_related("person", "deputy").order_by("since", "pk")
