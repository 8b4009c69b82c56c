"""People and contacts from a sheet: what it would do, line by line; then all or nothing."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from tasks.services import contacts, roster_contacts
from tasks.services.roster_lines import Fate, Preview, Row
from tasks.services.roster_sheet import MUCH_TOO_LONG, ROLE_WORDS, Entry, with_area_code
from tracker.lib.text import listed
from units.models import Membership, PersonRequest, User
from units.policy import may_invite, scope, standing, units_coordinated
from units.services import audit, requests
from units.services.names import UnitIndex, UnitNameError
from units.services.newcomers import Newcomer, free_username, taken_usernames
from units.services.people import Post
from units.services.succession_rules import why_gone
from units.states import UNIT_ROLES


def preview(entries: Iterable[Entry], *, by: User, today: datetime.date) -> Preview:
    """What the lines would do; a constant number of queries. Writes nothing."""
    if not may_invite(by):
        raise PermissionDenied
    rows = [Row(entry) for entry in entries]
    _find_units(rows, by)
    for row in rows:
        _check(row)
    _find_people(rows, by, today)
    found = Preview(rows)
    roster_contacts.plan(found, by)
    return found


def _find_units(rows: list[Row], by: User) -> None:
    who = standing(by)
    own = {unit.pk: unit for unit in units_coordinated(who).select_related("jurisdiction")}
    places = {unit.jurisdiction for unit in own.values() if unit.jurisdiction}
    index = UnitIndex.load()
    for row in rows:
        if not row.entry.unit:
            row.wrong(_("没有写单位：请填写单位名称。"))
            continue
        errors = []
        for place in [*sorted(places, key=lambda place: place.code), None]:
            try:
                unit = index.find(row.entry.unit, within=place)
            except UnitNameError as error:
                errors.append(str(error))
                continue
            if gone := why_gone(unit):
                errors.insert(0, gone)
                continue
            if unit.pk in own:
                row.unit = own[unit.pk]
                break
            errors.insert(
                0,
                _("“%(unit)s”不是本方的责任单位，不能由本办公室登记。") % {"unit": unit.name},
            )
        if row.unit is None:
            row.wrong(errors[0])


def _check(row: Row) -> None:
    entry = row.entry
    for name, limit in MUCH_TOO_LONG.items():
        text = getattr(entry, name)
        if len(text) > limit:
            row.wrong(
                _("“%(text)s…”共%(length)d字，最多%(limit)d字。")
                % {"text": text[:10], "length": len(text), "limit": limit}
            )
    if entry.role:
        row.role = ROLE_WORDS.get(entry.role.replace(" ", "").lower())
        if row.role is None:
            known = listed(role.label for role in UNIT_ROLES)
            row.wrong(
                _("没有名为“%(role)s”的角色：请填%(known)s，或留空。")
                % {"role": entry.role[:20], "known": known}
            )
        elif not entry.name:
            row.wrong(_("写了角色，没有写姓名：请填写姓名，或去掉角色。"))
    if entry.email:
        try:
            validate_email(entry.email)
        except ValidationError:
            row.wrong(_("邮箱“%(email)s”无效，请核对。") % {"email": entry.email[:50]})
    row.take(with_area_code(entry.phone))
    if entry.phone and not contacts.DIGITS.search(entry.phone):
        row.wrong(_("“%(text)s”不是电话号码。") % {"text": entry.phone[:30]})
    if not any((entry.name, entry.leader, entry.division, entry.phone)):
        row.wrong(_("本行只有单位：请填写姓名或责任领导、责任处室，或删去本行。"))


def _find_people(rows: list[Row], by: User, today: datetime.date) -> None:
    """Who has an account already, and who is asked for."""
    units = [row.unit.pk for row in rows if row.unit]
    posts = Membership.objects.current(today).filter(unit__in=units).select_related("user")
    held: dict[tuple[int, str], User] = {}
    roles = set()
    for post in posts:
        held.setdefault((post.unit_id or 0, post.user.name), post.user)
        roles.add((post.user_id, post.unit_id, post.role))
    by_email = _accounts_by_email(rows, by)
    waiting = {
        (one.unit_id, one.who, one.role)
        for one in PersonRequest.objects.waiting().filter(unit__in=units).select_related("person")
    }
    taken, seen = taken_usernames(), set()
    for row in rows:
        if row.fate == Fate.WRONG or row.role is None or row.unit is None:
            continue
        entry, key = row.entry, (row.unit.pk, row.entry.name, row.role)
        if key in seen:
            row.wrong(_("同一人的同一角色在表中出现了两次，请删去一行。"))
            continue
        seen.add(key)
        row.person = held.get((row.unit.pk, entry.name)) or _by_email(row, by_email)
        if row.is_wrong:
            continue
        if row.person and (row.person.pk, row.unit.pk, row.role.value) in roles:
            row.says.append(_("已有账号和任职"))
        elif key in {(unit, name, role) for unit, name, role in waiting}:
            row.says.append(_("同样的申请已在等待确认"))
        elif row.person:
            row.fate = Fate.CHANGED
            row.says.append(
                _("给%(username)s增加任职：%(role)s")
                % {"username": row.person.username, "role": row.role.label}
            )
        else:
            _invite(row, taken)


def _accounts_by_email(rows: list[Row], by: User) -> dict[str, Any]:
    """Accounts of the lines' addresses; `is_seen` where `by` may know who holds them."""
    emails = {row.entry.email.lower() for row in rows if row.entry.email}
    seen = scope(by, "person.view").filter(pk=OuterRef("pk"))
    users = User.objects.alias(address=Lower("email")).filter(address__in=emails)
    return {user.email.lower(): user for user in users.annotate(is_seen=Exists(seen))}


def _by_email(row: Row, by_email: dict[str, Any]) -> User | None:
    """Somebody of another unit with the same address, if the name is the same too.

    Of those whom the reader may not know nothing is told, not even a user name.
    """
    user = by_email.get(row.entry.email.lower()) if row.entry.email else None
    if user is None or user.name != row.entry.name:
        return None
    if not user.is_seen:
        row.wrong(
            _(
                "邮箱“%(email)s”已有账号，但不属于本办公室可见的人员，不能由本办公室增加任职："
                "请核对邮箱，或请安全管理员办理。"
            )
            % {"email": row.entry.email[:50]}
        )
        return None
    found: User = user
    return found


def _invite(row: Row, taken: set[str]) -> None:
    entry = row.entry
    # Without a mail address the unit's place and its rank there, numbered: u500000-08.
    unit = row.unit
    place = unit.jurisdiction.code if unit and unit.jurisdiction else "0"
    wanted = entry.email or f"u{place}-{unit.order if unit else 0:02d}"
    username = free_username(wanted, taken)
    row.newcomer = Newcomer(username, entry.name, entry.post, entry.phone, entry.email)
    row.fate = Fate.NEW
    row.says.append(
        _("申请账号%(username)s：%(role)s")
        % {"username": username, "role": row.role.label if row.role else ""}
    )


@dataclass(frozen=True)
class Applied:
    """What was done."""

    contacts: int
    requests: int
    batch: str


@transaction.atomic
def apply(entries: Iterable[Entry], *, by: User, now: datetime.datetime) -> Applied:
    """Write the contacts and ask for the accounts: all or nothing. Raises ValidationError."""
    found = preview(entries, by=by, today=now.date())
    if found.count(Fate.WRONG):
        raise ValidationError(
            _("表中有%(n)d行有误，没有写入任何内容：请更正后重新上传。")
            % {"n": found.count(Fate.WRONG)}
        )
    batch = _("导入%(moment)s") % {"moment": f"{now:%Y-%m-%d %H:%M:%S}"}
    changed = contacts.save(found.written, by=by)
    asked = 0
    for row in found.rows:
        if row.role is None or row.unit is None:
            continue
        post = Post(row.role, unit=row.unit)
        if row.newcomer:
            requests.ask_for_account(row.newcomer, post, by=by, now=now, batch=batch)
            asked += 1
        elif row.person and row.fate == Fate.CHANGED and not _holds(row, now):
            requests.ask_for_post(row.person, post, by=by, now=now, batch=batch)
            asked += 1
    after = {"lines": len(found.rows), "contacts": changed, "requests": asked}
    audit.record("contact.import", None, by=by, after=after)
    return Applied(changed, asked, batch)


def _holds(row: Row, now: datetime.datetime) -> bool:
    current = Membership.objects.current(now.date())
    return current.filter(user=row.person, unit=row.unit, role=row.role).exists()
