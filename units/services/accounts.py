"""An account's way: a link to set the password, closing and opening it, ending a post."""

import datetime
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.lib.workdays import ONE_DAY
from units import policy
from units.models import Membership, User
from units.services import audit, keepers, links, mails, people, second_factor, tokens
from units.states import Role


@dataclass(frozen=True)
class Handed:
    """A link for a person. It was mailed, or must be handed over: it is shown once."""

    person: User
    link: str
    mailed: bool = False

    @property
    def address(self) -> str:
        return self.person.email


def hand_link(person: User, *, by: User | None) -> Handed:
    """Make a link with which the person sets a password; the one before is void."""
    link = links.set_password_link(person)
    audit.record("user.password_link", person, by=by)
    return Handed(person, link)


def mail_link(handed: Handed) -> Handed:
    """Mail the link, once what it opens is stored. Where that fails it is shown."""
    text = _(
        "%(name)s：\n\n您的用户名是 %(username)s。"
        "请打开下面的链接设置密码，链接只能使用一次：\n%(link)s"
    ) % {
        "name": handed.person,
        "username": handed.person.username,
        "link": handed.link,
    }
    mailed = mails.send(handed.address, _("碳责通账号：请设置密码"), text)
    return Handed(handed.person, handed.link, mailed)


def managed(person: User, *, by: User) -> User:
    """The person, locked; PermissionDenied for who may not manage them."""
    if not policy.can(by, "person.manage", person):
        raise PermissionDenied
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


@transaction.atomic
def reset(person: User, *, by: User) -> Handed:
    """End the password, sessions and tokens; hand out a link for a new one."""
    person = managed(person, by=by)
    keepers.refuse_alone(person, by=by)
    if not person.is_active:
        raise ValidationError(_("该账号已停用：请先恢复，再重置密码。"))
    return renew(person, by=by)


def renew(person: User, *, by: User) -> Handed:
    """As `reset`, in the caller's transaction and with the caller's right."""
    keepers.tell(person, _("重置密码"), by=by)
    person.set_unusable_password()
    person.must_change_password = False  # the link's page sets a password of the person's own
    person.save(update_fields=["password", "must_change_password"])
    tokens.end_all(person, by=by)
    audit.record("user.password", person, by=by, after={"reset": True})
    return hand_link(person, by=by)


@transaction.atomic
def disable(person: User, *, today: datetime.date, by: User) -> User:
    """Close the account; posts end with today, what the person did stays."""
    return people.leave(managed(person, by=by).username, today=today, by=by)


@transaction.atomic
def enable(person: User, *, today: datetime.date, by: User) -> Handed:
    """Open the account again, with a link to a new password.

    Posts are given anew: those that ended with the closing stay ended, also on the same day.
    """
    person = managed(person, by=by)
    keepers.refuse_alone(person, by=by)
    return _open(person, today=today, by=by)


@transaction.atomic
def restore(username: str, *, today: datetime.date) -> User:
    """As `enable`, at the owner's command; ValidationError for a name that nobody has."""
    person = User.objects.select_for_update(of=("self",)).filter(username=username).first()
    if person is None:
        raise ValidationError(_("没有用户名“%(username)s”。") % {"username": username})
    keepers.tell(person, _("恢复账号"), by=None)
    return _open(person, today=today, by=None).person


def _open(person: User, *, today: datetime.date, by: User | None) -> Handed:
    if person.is_active:
        raise ValidationError(_("该账号未停用，没有变化。"))
    person.is_active = True
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    audit.record(
        "user.enable", person, by=by, before={"is_active": False}, after={"is_active": True}
    )
    for post in person.memberships.select_for_update(of=("self",)):
        if post.until is None or post.until >= today:
            people.end_post(post, on=today - ONE_DAY, by=by)
    return hand_link(person, by=by)


@transaction.atomic
def end_membership(
    membership: Membership, *, today: datetime.date, by: User, at_once: bool = False
) -> Membership:
    """End one post with today, or at once: then yesterday was its last day."""
    managed(membership.user, by=by)
    row = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    last = today - ONE_DAY if at_once else today
    if row.until is not None and row.until <= last:
        raise ValidationError(_("这一任职已经结束，没有变化。"))
    if row.role == Role.SECURITY_ADMIN:
        people.check_not_last(row.user, today=today)
    return people.end_post(row, on=last, by=by)


@transaction.atomic
def reset_second_factor(person: User, *, by: User) -> None:
    """Forget the authenticator of somebody who is no administrator; theirs is for the command."""
    person = managed(person, by=by)
    keepers.refuse_alone(person, by=by)
    second_factor.reset(person, by=by)


DETAILS = ("name", "post", "phone", "email")


@transaction.atomic
def change_details(person: User, *, by: User, **details: str) -> User:
    """Change name, post, phone, e-mail: the person themself, or the security administrator."""
    if person.pk != by.pk and not policy.can(by, "person.manage", person):
        raise PermissionDenied
    row = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    keepers.refuse_alone(row, by=by)
    values = {name: details[name] for name in DETAILS if name in details}
    audit.save_changes(row, values, verb="user.change", by=by, exclude=["password"])
    return row
