"""Taking people on: an account, its password, and what the person is."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.lib.text import listed
from units.models import Jurisdiction, Membership, Office, Unit, User
from units.services import audit
from units.services.names import UnitNameError, find_unit
from units.states import OFFICE_ROLES, UNIT_ROLES, Role

PASSWORD_BYTES = 15  # 20 characters


@dataclass(frozen=True)
class Post:
    """A role and the body in which it is held."""

    role: Role
    unit: Unit | None = None
    office: Office | None = None
    jurisdiction: Jurisdiction | None = None


def make_password() -> str:
    """A password that nobody guesses."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


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
            return Post(Role(role), unit=find_unit(body))
        except UnitNameError as error:
            raise ValidationError(str(error)) from error
    if role in OFFICE_ROLES:
        return Post(Role(role), office=_office(body))
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
    password: str,
    email: str = "",
    by: User | None,
) -> User:
    """Make an account with one post. Raises ValidationError by field; nothing half done."""
    user = User(username=username, name=name, email=email)
    user.full_clean(exclude=["password"])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    user.save()
    audit.record("user.add", user, by=by, after={"username": username, "email": email})
    membership = Membership(
        user=user,
        role=post.role,
        unit=post.unit,
        office=post.office,
        jurisdiction=post.jurisdiction,
    )
    membership.full_clean()
    membership.save()
    audit.record("membership.add", membership, by=by, after={"role": post.role.value})
    return user
