"""People by request: a coordinator asks, the security administrator confirms or refuses."""

import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from units import policy
from units.models import Membership, PersonRequest, User
from units.services import accounts, audit, handover, keepers, mails, people
from units.services.accounts import Handed
from units.services.newcomers import Newcomer, store, take_on
from units.services.people import Post
from units.states import REQUEST_MOVES, RequestKind, RequestState, Role


@dataclass(frozen=True)
class Outcome:
    """A confirmed request, and the link that came of it."""

    request: PersonRequest
    handed: Handed | None = None


def _post_fields(post: Post) -> dict[str, object]:
    return {
        "role": post.role,
        "unit": post.unit,
        "office": post.office,
        "jurisdiction": post.jurisdiction,
    }


def _check_may_fill(by: User, post: Post) -> None:
    if not policy.may_fill(by, post.role, post.unit, post.office):
        raise PermissionDenied(_("您不能为这个单位或角色提出申请。"))


@transaction.atomic
def ask_for_account(
    newcomer: Newcomer,
    post: Post,
    *,
    by: User,
    now: datetime.datetime,
    note: str = "",
    batch: str = "",
) -> PersonRequest:
    """Ask for an account with a post. Raises PermissionDenied, ValidationError by field."""
    _check_may_fill(by, post)
    clean = newcomer.clean()
    request = PersonRequest(
        kind=RequestKind.INVITE, note=note, batch=batch, **asdict(clean), **_post_fields(post)
    )
    return store(request, by=by, now=now)


@transaction.atomic
def ask_for_post(
    person: User, post: Post, *, by: User, now: datetime.datetime, note: str = "", batch: str = ""
) -> PersonRequest:
    """Ask that a person with an account gets a further post."""
    _check_may_fill(by, post)
    if not policy.scope(by, "person.view").filter(pk=person.pk).exists():
        raise PermissionDenied
    people.check_separate(person, post)
    request = PersonRequest(
        kind=RequestKind.POST, person=person, note=note, batch=batch, **_post_fields(post)
    )
    where = {"role": post.role, "unit": post.unit, "office": post.office}
    if Membership.objects.current(now.date()).filter(user=person, **where).exists():
        raise ValidationError(_("%(person)s已有这一任职，没有变化。") % {"person": person})
    return store(request, by=by, now=now)


@transaction.atomic
def ask_about(
    person: User, kind: RequestKind, *, by: User, now: datetime.datetime, note: str = ""
) -> PersonRequest:
    """Ask that a person's password is reset, or the account closed."""
    if kind not in {RequestKind.RESET, RequestKind.END}:
        raise ValueError(kind)
    of_keepers = keepers.is_keeper(person) and policy.can(by, "person.manage", person)
    if not of_keepers and not policy.can(by, "person.ask", person):
        raise PermissionDenied
    if not person.is_active:
        raise ValidationError(_("该账号已停用。"))
    keepers.tell(person, _("申请：%(what)s") % {"what": kind.label}, by=by)
    return store(PersonRequest(kind=kind, person=person, note=note), by=by, now=now)


def confirm(request: PersonRequest, *, by: User, now: datetime.datetime) -> Outcome:
    """Do what is asked. Raises PermissionDenied, IllegalMove, ValidationError."""
    return confirm_all([request], by=by, now=now)[0]


def confirm_all(
    requests: Iterable[PersonRequest], *, by: User, now: datetime.datetime
) -> list[Outcome]:
    """Do all that is asked, or nothing; then mail the links and tell those who asked."""
    with transaction.atomic():
        done = [_confirm(request, by=by, now=now) for request in requests]
    for outcome in done:
        _tell(outcome.request, _("已确认"))
        _tell_concerned(outcome)
    return [
        Outcome(one.request, accounts.mail_link(one.handed) if one.handed else None) for one in done
    ]


def _confirm(request: PersonRequest, *, by: User, now: datetime.datetime) -> Outcome:
    row = _decided(request, RequestState.CONFIRMED, by=by, now=now)
    try:
        handed = _carry_out(row, by=by, now=now)
    except ValidationError as error:
        sentence = _("%(request)s：%(error)s") % {"request": row, "error": " ".join(error.messages)}
        raise ValidationError(sentence) from error
    row.save(update_fields=["state", "decided_by", "decided_at", "person", "successor"])
    audit.record("person_request.confirm", row, by=by)
    return Outcome(row, handed)


def _carry_out(row: PersonRequest, *, by: User, now: datetime.datetime) -> Handed | None:
    match RequestKind(row.kind):
        case RequestKind.INVITE:
            row.person = take_on(row, by=by)
            people.give_post(row.person, post_of(row), by=by)
            return accounts.hand_link(row.person, by=by)
        case RequestKind.POST:
            people.give_post(_active(row), post_of(row), by=by)
        case RequestKind.RESET:
            return accounts.renew(_active(row), by=by)
        case RequestKind.END:
            people.leave(_active(row).username, today=now.date(), by=by)
        case RequestKind.HAND_OVER:
            newcomer = None
            if row.successor is None:
                newcomer = row.successor = take_on(row, by=by)
            handover.carry_out(row, by=by, now=now)
            return accounts.hand_link(newcomer, by=by) if newcomer else None
    return None


def post_of(row: PersonRequest) -> Post:
    """The post that is asked for."""
    return Post(Role(row.role), row.unit, row.office, row.jurisdiction)


def _active(row: PersonRequest) -> User:
    user = User.objects.select_for_update(of=("self",)).filter(pk=row.person_id or 0).first()
    if user is None or not user.is_active:
        raise ValidationError(_("该账号已停用。"))
    return user


@transaction.atomic
def refuse(
    request: PersonRequest, *, reason: str, by: User, now: datetime.datetime
) -> PersonRequest:
    """Refuse, with a reason that whoever asked reads."""
    reason = clean_text(reason)
    if not reason:
        raise ValidationError({"reason": _("请填写不同意的理由。")})
    if len(reason) > MAX_REASON:
        raise ValidationError({"reason": _("理由最多%(limit)d字。") % {"limit": MAX_REASON}})
    row = _decided(request, RequestState.REFUSED, by=by, now=now)
    row.reason = reason
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    audit.record("person_request.refuse", row, by=by, reason=reason)
    transaction.on_commit(lambda: _tell(row, _("未同意：%(reason)s") % {"reason": reason}))
    return row


MAX_REASON = 300


@transaction.atomic
def withdraw(request: PersonRequest, *, by: User, now: datetime.datetime) -> PersonRequest:
    """Take back what one asked for."""
    row = _locked(request, RequestState.WITHDRAWN)
    if row.requested_by_id != by.pk:
        raise PermissionDenied
    row.state, row.decided_by, row.decided_at = RequestState.WITHDRAWN, by, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record("person_request.withdraw", row, by=by)
    return row


def _locked(request: PersonRequest, to: RequestState) -> PersonRequest:
    row = PersonRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    check_move(REQUEST_MOVES, RequestState(row.state), to)
    return row


def _decided(
    request: PersonRequest, to: RequestState, *, by: User, now: datetime.datetime
) -> PersonRequest:
    row = _locked(request, to)
    if row.requested_by_id == by.pk:
        raise PermissionDenied(_("本人提出的申请，须由另一名安全管理员确认。"))
    if not policy.can(by, "request.decide", row):
        raise PermissionDenied
    row.state, row.decided_by, row.decided_at = to, by, now
    return row


def _tell_concerned(outcome: Outcome) -> None:
    """Tell those whose posts have changed; who gets a link is told by that."""
    row = outcome.request
    if row.kind not in {RequestKind.POST, RequestKind.HAND_OVER}:
        return
    reached = outcome.handed.person if outcome.handed else None
    for person in (row.person, row.successor):
        if person is not None and person != reached:
            mails.send(person.email, _("您的任职有变化"), str(row))


def _tell(request: PersonRequest, what: str) -> None:
    """Tell whoever asked, where it was somebody else and a mail reaches them."""
    if request.requested_by_id != request.decided_by_id:
        subject = _("人员申请%(what)s") % {"what": what[:40]}
        text = f"{request}\n{what}"
        mails.send(request.requested_by.email, subject, text)
