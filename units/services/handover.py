"""工作交接: a post goes from one person to the next, with what lies open."""

import datetime
from dataclasses import asdict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tracker.lib.workdays import ONE_DAY
from units import policy
from units.above import above
from units.models import Membership, PersonRequest, User
from units.services import audit, people
from units.services.newcomers import Newcomer, store
from units.states import RequestKind, RequestState, Role


@transaction.atomic
def ask(
    membership: Membership,
    to: User | Newcomer,
    *,
    starts_on: datetime.date,
    by: User,
    now: datetime.datetime,
    note: str = "",
) -> PersonRequest:
    """Ask that the post goes over on a day. Raises PermissionDenied, ValidationError by field."""
    if not policy.can(by, "membership.hand_over", membership):
        raise PermissionDenied
    _check(membership, to, starts_on=starts_on, now=now)
    newcomer = {} if isinstance(to, User) else asdict(to.clean())
    request = PersonRequest(
        kind=RequestKind.HAND_OVER,
        person=membership.user,
        membership=membership,
        successor=to if isinstance(to, User) else None,
        starts_on=starts_on,
        note=note,
        role=membership.role,
        unit=membership.unit,
        office=membership.office,
        jurisdiction=membership.jurisdiction,
        **newcomer,
    )
    return store(request, by=by, now=now)


def _check(
    membership: Membership,
    to: User | Newcomer,
    *,
    starts_on: datetime.date,
    now: datetime.datetime,
) -> None:
    _check_not_gone_over(membership)
    if membership.until is not None and membership.until < now.date():
        raise ValidationError(_("这一任职已于%(day)s结束。") % {"day": membership.until})
    if starts_on < now.date() - datetime.timedelta(days=31):
        raise ValidationError({"starts_on": _("交接日期不能早于一个月以前。")})
    if membership.since and starts_on <= membership.since:
        raise ValidationError({"starts_on": _("交接日期应晚于任职起始日期。")})
    if isinstance(to, User):
        if to.pk == membership.user_id:
            raise ValidationError({"successor": _("接任人不能是本人。")})
        if not to.is_active:
            raise ValidationError({"successor": _("接任人的账号已停用。")})
        people.check_separate(to, people.Post(Role(membership.role)))


def _check_not_gone_over(membership: Membership) -> None:
    """A post that was handed over, now or for a day to come, is not handed over again."""
    if membership.until is None:
        return
    gone = PersonRequest.objects.filter(
        kind=RequestKind.HAND_OVER,
        state=RequestState.CONFIRMED,
        membership=membership,
        starts_on=membership.until + ONE_DAY,
    ).first()
    if gone is not None:
        raise ValidationError(
            _("这一任职已交接给%(person)s，自%(day)s起。")
            % {"person": gone.to_whom, "day": gone.starts_on}
        )


def carry_out(request: PersonRequest, *, by: User, now: datetime.datetime) -> None:
    """Move the post; what lies open goes with it on the day, today or later."""
    successor, start = request.successor, request.starts_on
    membership = Membership.objects.select_for_update(of=("self",)).get(
        pk=request.membership_id or 0
    )
    if successor is None or start is None:
        raise ValidationError(_("交接申请缺少接任人或日期。"))
    if not successor.is_active:
        raise ValidationError(_("接任人的账号已停用。"))
    _check_not_gone_over(membership)
    last = start - ONE_DAY
    if membership.until is None or membership.until > last:
        people.end_post(membership, on=last, by=by)
    post = people.Post(
        Role(membership.role), membership.unit, membership.office, membership.jurisdiction
    )
    people.give_post(successor, post, by=by, since=start)
    if start <= now.date():
        carry(request, by=by, now=now)


@transaction.atomic
def carry(request: PersonRequest, *, by: User | None, now: datetime.datetime) -> int:
    """Carry the open work over; once."""
    row = PersonRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    successor = request.successor or row.successor
    if row.carried_at is not None or row.membership is None or successor is None:
        return 0
    number = sum(move(row.membership, successor) for move in above.carriers)
    row.carried_at = request.carried_at = now
    row.save(update_fields=["carried_at"])
    audit.record("person_request.carry", row, by=by, after={"notices": number})
    return number


def due(*, now: datetime.datetime) -> QuerySet[PersonRequest]:
    """Hand-overs whose day has come and whose open work has not gone over."""
    return PersonRequest.objects.filter(
        kind=RequestKind.HAND_OVER,
        state=RequestState.CONFIRMED,
        carried_at=None,
        starts_on__lte=now.date(),
    ).select_related("successor")


def carry_due(*, now: datetime.datetime) -> int:
    """Carry what was agreed for a day that has come; says how many hand-overs."""
    requests = list(due(now=now))
    for request in requests:
        carry(request, by=None, now=now)
    return len(requests)
