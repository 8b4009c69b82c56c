"""Which people a list shows: by words, by the post that they hold, by how their account stands."""

import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from units.models import Membership
from units.models.people import UserQuerySet
from units.services.search import units_called

WORDS = 5  # of a search
STATES: Final = [
    ("active", _("在用")),
    ("off", _("已停用")),
    ("unused", _("长期未登录")),
    ("no_post", _("无任职")),
]


def called(people: UserQuerySet, text: str) -> UserQuerySet:
    """Who has every word in the name, the user name, or the name of a unit or an office."""
    for word in text.split()[:WORDS]:
        named = Q(name__icontains=word) | Q(username__icontains=word)
        posts = Membership.objects.filter(
            Q(unit__in=units_called(word)) | Q(office__name__icontains=word)
        )
        people = people.filter(named | Q(pk__in=posts.values("user")))
    return people


def holding(people: UserQuerySet, roles: list[str], today: datetime.date) -> UserQuerySet:
    """Who holds one of the roles on the day."""
    held = Membership.objects.current(today).filter(role__in=roles)
    return people.filter(pk__in=held.values("user"))


def in_state(people: UserQuerySet, state: str, today: datetime.date) -> UserQuerySet:
    """Whose account is so; all for what is none of `STATES`."""
    match state:
        case "active":
            return people.filter(is_active=True)
        case "off":
            return people.filter(is_active=False)
        case "unused":
            return people.unused(today)
        case "no_post":
            current = Membership.objects.current(today)
            return people.filter(is_active=True).exclude(pk__in=current.values("user"))
    return people
