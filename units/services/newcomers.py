"""People without an account: what is typed about them, and the account that is made of it."""

import datetime
import re
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tracker.lib.text import clean_text
from units.models import PersonRequest, User
from units.services import audit, keepers


@dataclass(frozen=True)
class Newcomer:
    """Somebody without an account, as typed."""

    username: str
    name: str
    post: str = ""
    phone: str = ""
    email: str = ""

    def clean(self) -> "Newcomer":
        """The texts without control characters; ValidationError by field."""
        clean = Newcomer(**{key: clean_text(text) for key, text in asdict(self).items()})
        errors: dict[str, str] = {}
        if not clean.username:
            errors["username"] = _("请填写用户名。")
        elif User.objects.filter(username__iexact=clean.username).exists():
            errors["username"] = _("用户名“%(username)s”已有人使用，请换一个。") % {
                "username": clean.username
            }
        if not clean.name:
            errors["name"] = _("请填写姓名。")
        if errors:
            raise ValidationError(errors)
        User(**asdict(clean)).full_clean(exclude=["password"])
        return clean


def store(request: PersonRequest, *, by: User, now: datetime.datetime) -> PersonRequest:
    """Check and store a new request, on record; ValidationError where the same one waits."""
    request.requested_by, request.requested_at = by, now
    request.note = clean_text(request.note)
    request.full_clean()
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:
        # Another has asked for the same at the same moment: now it can be seen, and is said.
        request.full_clean()
        raise
    after = {"kind": request.kind, "role": request.role, "username": request.username}
    audit.record("person_request.ask", request, by=by, after=after, reason=request.note)
    keepers.tell_of_request(request)
    return request


def take_on(row: PersonRequest, *, by: User) -> User:
    """The newcomer's account: no password until the link is used."""
    clean = Newcomer(row.username, row.name, row.post, row.phone, row.email).clean()
    user = User(**asdict(clean))
    user.set_unusable_password()
    user.save()
    after = {"username": user.username, "name": user.name, "email": user.email}
    audit.record("user.add", user, by=by, after=after)
    return user


def free_username(wanted: str, taken: set[str]) -> str:
    """A user name that nobody has or asks for: from the mail address, else numbered."""
    stem = re.sub(r"[^\w.-]", "", wanted.partition("@")[0].lower(), flags=re.ASCII)[:30] or "user"
    candidate, number = stem, 1
    while candidate.lower() in taken:
        number += 1
        candidate = f"{stem}-{number}" if stem[-1].isdigit() else f"{stem}{number}"
    taken.add(candidate.lower())
    return candidate


def taken_usernames() -> set[str]:
    """User names that are in use or asked for, in small letters."""
    asked = PersonRequest.objects.waiting().exclude(username="")
    names = [*User.objects.values_list("username", flat=True)]
    names += asked.values_list("username", flat=True)
    return {name.lower() for name in names}
