"""Taking people on and letting them go: an account, its password, and what the person is."""

import datetime
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.lib.text import listed
from units.models import Jurisdiction, Membership, Office, Unit, User
from units.services import audit, keepers, passwords, tokens
from units.services.names import UnitNameError, find_unit
from units.services.succession_rules import why_gone
from units.states import OFFICE_ROLES, SITE_ROLES, UNIT_ROLES, Role


@dataclass(frozen=True)
class Post:
    """A role and the body in which it is held."""

    role: Role
    unit: Unit | None = None
    office: Office | None = None
    jurisdiction: Jurisdiction | None = None


def find_post(role: str, body: str) -> Post:
    """The post that words name: in a unit, an office or for a jurisdiction, as the role asks.

    Raises ValidationError with a sentence.
    """
    if role not in Role.values:
        known = listed(
            _("%(value)s（%(label)s）") % {"value": choice.value, "label": choice.label}
            for choice in Role
        )
        raise ValidationError(
            _("没有名为“%(role)s”的角色，可用：%(known)s。") % {"role": role[:50], "known": known}
        )
    if role in UNIT_ROLES:
        try:
            unit = find_unit(body)
        except UnitNameError as error:
            raise ValidationError(str(error)) from error
        if gone := why_gone(unit):
            raise ValidationError(gone)
        return Post(Role(role), unit=unit)
    if role in OFFICE_ROLES:
        return Post(Role(role), office=_office(body))
    if role in SITE_ROLES:
        return Post(Role(role))
    return Post(Role(role), jurisdiction=_place(body))


def _office(name: str) -> Office:
    office = Office.objects.filter(name=name.strip()).first()
    if office is None:
        known = listed(Office.objects.values_list("name", flat=True)) or _("无")
        raise ValidationError(
            _("没有名为“%(name)s”的协调办公室，现有：%(known)s。") % {"name": name, "known": known}
        )
    return office


def _place(text: str) -> Jurisdiction:
    places = Jurisdiction.objects.all()
    place = places.filter(code=text.strip()).first() or places.filter(name=text.strip()).first()
    if place is None:
        raise ValidationError(_("没有代码或名称为“%(text)s”的辖区。") % {"text": text})
    return place


@transaction.atomic
def add_person(
    username: str,
    *,
    name: str,
    post: Post,
    password: str | None = None,
    email: str = "",
    by: User | None,
    now: datetime.datetime,
) -> User:
    """Make an account with one post. Raises ValidationError by field; nothing half done.

    A password given here has to be changed first; without one the person needs a link.
    """
    user = User(username=username, name=name, email=email)
    there = User.objects.filter(username=username).first()
    if there is not None:
        raise ValidationError({"username": _taken(there)})
    user.full_clean(exclude=["password"])
    user.set_unusable_password()
    user.save()
    audit.record("user.add", user, by=by, after={"username": username, "email": email})
    give_post(user, post, by=by)
    if password is not None:
        try:
            passwords.set_password(user, password, by=by, now=now, temporary=True)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
    return user


@transaction.atomic
def add_post(username: str, *, post: Post, by: User | None) -> Membership:
    """Give a person who has an account another post. Raises ValidationError with a sentence."""
    user = _person(username)
    held = Membership.objects.filter(
        user=user,
        role=post.role,
        unit=post.unit,
        office=post.office,
        jurisdiction=post.jurisdiction,
        until=None,  # one that ended, or is to end, is taken up again
    ).first()
    if held is not None:
        raise ValidationError(
            _("用户名“%(username)s”已有这一任职（%(membership)s），没有变化。")
            % {"username": username, "membership": held}
        )
    return give_post(user, post, by=by)


@transaction.atomic
def reset_password(
    username: str, password: str | None, *, by: User | None, now: datetime.datetime
) -> User:
    """End a forgotten password, and with it sessions and tokens.

    One given here has to be changed first; without one the person needs a link.
    """
    user = _person(username)
    keepers.tell(user, _("重置密码"), by=by)
    if password is None:
        return passwords.withdraw(user, by=by)
    return passwords.set_password(user, password, by=by, now=now, temporary=True)


@transaction.atomic
def leave(
    username: str, *, today: datetime.date, by: User | None, even_the_last: bool = False
) -> User:
    """End a person's posts with `today` and close the account; what the person did stays.

    The password ends, too, and with it sessions and links, also for an account opened again. The
    last security administrator stays unless it is meant.
    """
    user = _person(username)
    if not even_the_last:
        check_not_last(user, today=today)
    for membership in user.memberships.select_for_update(of=("self",)):
        if membership.until is None or membership.until > today:
            end_post(membership, on=today, by=by)
    user.is_active = False
    user.set_unusable_password()
    user.must_change_password = False  # what is set by link is the person's own
    user.save(update_fields=["is_active", "password", "must_change_password"])
    tokens.end_all(user, by=by)
    keepers.tell(user, _("停用账号"), by=by)
    audit.record("user.leave", user, by=by, before={"is_active": True}, after={"is_active": False})
    return user


def check_not_last(user: User, *, today: datetime.date) -> None:
    """Refuse that the site is left without a security administrator, who confirms everybody."""
    posts = Membership.objects.filter(role=Role.SECURITY_ADMIN)
    list(posts.select_for_update(of=("self",)))  # two who end each other do it one by one
    now = posts.current(today)
    if now.filter(user=user).exists() and not now.exclude(user=user).exists():
        raise ValidationError(
            _(
                "%(name)s是唯一的安全管理员，没有变化：停用后无人能确认人员、重置密码。"
                "请先添加另一名安全管理员；确需如此，由部署人员用 end_person --even-the-last 停用。"
            )
            % {"name": user}
        )


def _person(username: str) -> User:
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise ValidationError(_("没有用户名“%(username)s”。") % {"username": username})
    if not user.is_active:
        raise ValidationError(
            _("用户名“%(username)s”已停用：须先在网页或用 restore_person 恢复。")
            % {"username": username}
        )
    return user


def _taken(there: User) -> str:
    words = {"username": there.username, "name": there}
    if not there.is_active:
        return (
            _(
                "用户名“%(username)s”已存在（%(name)s），账号已停用：此人回来的，"
                "先用 restore_person 恢复，再用 --add-role 加任职；若是另一个人，请换一个用户名。"
            )
            % words
        )
    return (
        _(
            "用户名“%(username)s”已存在：要给此人再加一个任职，请用 --add-role；"
            "若是另一个人，请换一个用户名。"
        )
        % words
    )


def check_separate(user: User, post: Post) -> None:
    """三权分立: the three administrators exclude one another and every other role."""
    held = user.memberships.all()
    if post.role in SITE_ROLES and (user.is_superuser or held.exists()):
        raise ValidationError(
            _("系统、安全、审计管理员不能兼任其他角色：请为“%(label)s”另设账号。")
            % {"label": post.role.label}
        )
    if post.role not in SITE_ROLES and held.filter(role__in=SITE_ROLES).exists():
        raise ValidationError(
            _("用户名“%(username)s”是管理员，不能再任业务角色：请另设账号。")
            % {"username": user.username}
        )


def give_post(
    user: User, post: Post, *, by: User | None, since: datetime.date | None = None
) -> Membership:
    """Give the post, from `since` on; one that had ended is taken up again.

    Raises ValidationError. Whoever calls has checked that the post may be given.
    """
    check_separate(user, post)
    where = {"unit": post.unit, "office": post.office, "jurisdiction": post.jurisdiction}
    membership = Membership.objects.filter(user=user, role=post.role, **where).first()
    before = {"since": membership.since, "until": membership.until} if membership else {}
    membership = membership or Membership(user=user, role=post.role, **where)
    membership.since, membership.until = since, None
    membership.full_clean()
    membership.save()
    after = {"role": post.role.value, "since": since, "until": None}
    audit.record("membership.add", membership, by=by, before=before, after=after)
    keepers.tell(user, _("新增任职：%(role)s") % {"role": post.role.label}, by=by)
    return membership


def end_post(membership: Membership, *, on: datetime.date, by: User | None) -> Membership:
    """End the post with the day `on`, which is its last."""
    before = {"until": membership.until}
    if membership.since and membership.since > on:
        membership.since = on
    membership.until = on
    membership.save(update_fields=["since", "until"])
    audit.record("membership.end", membership, by=by, before=before, after={"until": on})
    keepers.tell(
        membership.user, _("结束任职：%(role)s") % {"role": membership.get_role_display()}, by=by
    )
    return membership
