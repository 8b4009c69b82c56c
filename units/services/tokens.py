"""Tokens for machines: hashed, expiring, ended at will."""

import datetime

from django.contrib.auth.models import update_last_login
from django.db import transaction
from knox.models import AuthToken

from units.models import User
from units.services import audit

LIMIT = 10  # tokens of one person


@transaction.atomic
def issue(user: User) -> tuple[str, datetime.datetime]:
    """Return a new token and when it expires. Beyond the limit the oldest of the person ends."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    row, token = AuthToken.objects.create(user=user)
    kept = AuthToken.objects.filter(user=user).order_by("-created", "-pk")[:LIMIT]
    AuthToken.objects.filter(user=user).exclude(pk__in=[old.pk for old in kept]).delete()
    update_last_login(User, user)  # an account that only programs use is in use
    audit.record("token.issue", user, by=user, after={"expires_at": row.expiry})
    return token, row.expiry


@transaction.atomic
def end(token: AuthToken, *, by: User) -> None:
    """End the token at once."""
    token.delete()
    audit.record("token.end", by, by=by)


@transaction.atomic
def end_all(user: User, *, by: User | None) -> int:
    """End every token of the person, as on a change of password; return how many there were."""
    number: int = AuthToken.objects.filter(user=user).delete()[0]
    if number:
        audit.record("token.end", user, by=by, after={"number": number})
    return number
