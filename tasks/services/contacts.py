"""Whom to call for a duty: who may read and write it, and how a phone is shown."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Responsibility
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit

LIMITS = {"leader": 50, "division": 100, "liaison": 50, "phone": 30}
FIELDS = tuple(LIMITS)
DIGITS = re.compile(r"\d")
SHOWN_DIGITS = 4  # at the end of a phone that is masked


@dataclass(frozen=True)
class Called:
    """What is written for one duty."""

    leader: str = ""
    division: str = ""
    liaison: str = ""
    phone: str = ""

    def clean(self) -> "Called":
        """Clean texts; ValidationError by field for what is too long or no phone."""
        clean = Called(**{name: clean_text(text) for name, text in asdict(self).items()})
        errors = {}
        for name, text in asdict(clean).items():
            limit = LIMITS[name]
            if len(text) > limit:
                errors[name] = _("共%(length)d字，最多%(limit)d字。") % {
                    "length": len(text),
                    "limit": limit,
                }
        if clean.phone and not DIGITS.search(clean.phone):
            errors["phone"] = _("“%(text)s”不是电话号码，请填数字，如 023-67500000。") % {
                "text": clean.phone[:30]
            }
        if errors:
            raise ValidationError(errors)
        return clean


def masked(phone: str) -> str:
    """023-****1234: the area and the last four stay; a number too short shows nothing."""
    digits = len(DIGITS.findall(phone))
    area = re.match(r"\s*(\d{3,4}\s*[-—－]\s*|1\d{2})", phone)
    first = area.end() if area else 0
    kept = len(DIGITS.findall(phone[:first]))
    last = digits - SHOWN_DIGITS
    if last <= kept:
        return DIGITS.sub("*", phone)
    seen = 0
    text = ""
    for letter in phone:
        is_digit = bool(DIGITS.fullmatch(letter))
        text += "*" if is_digit and kept <= seen < last else letter
        seen += is_digit
    return text


def called_of(row: Responsibility) -> Called:
    """What is written for the row."""
    return Called(**{name: getattr(row, name) for name in FIELDS})


@transaction.atomic
def save(written: Mapping[int, Called], *, by: User) -> int:
    """Write contacts by the duty's number, all or nothing; says how many changed.

    Raises PermissionDenied, ValidationError by field with the duty's number before it.
    """
    rows = {
        row.pk: row
        for row in Responsibility.objects.select_for_update(of=("self",))
        .filter(pk__in=written)
        .order_by("pk")
    }
    allowed = set(
        policy.scope(by, "contact.edit").filter(pk__in=written).values_list("pk", flat=True)
    )
    if allowed != set(written):
        raise PermissionDenied
    errors: dict[str, Any] = {}
    changed = 0
    for pk, called in written.items():
        try:
            values = asdict(called.clean())
            changed += audit.save_changes(rows[pk], values, verb="contact.change", by=by)
        except ValidationError as error:
            errors |= {f"{pk}-{name}": texts for name, texts in error.message_dict.items()}
    if errors:
        raise ValidationError(errors)
    return changed
