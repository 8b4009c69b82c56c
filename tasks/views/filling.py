"""What the forms of progress and of observations have in common."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tasks.models import Observation, PlanSide, ProgressReport
from tasks.views.plan_edit_pages import difference
from units.models import User

SUBMIT = "submit"
KEPT = re.compile(r"[0-9a-z]{1,32}")  # what keep.js calls the text that it keeps


def saved_mark(request: HttpRequest) -> str:
    """Tells the browser, in the address, that the text which it kept is now saved."""
    kept = request.POST.get("kept", "")
    return f"#saved-{kept}" if KEPT.fullmatch(kept) else ""


def office_name(plan: int | None, side: int | None) -> str:
    """Who reviews what is filed on this side of the plan."""
    rows = PlanSide.objects.select_related("office").filter(plan=plan, jurisdiction=side)
    row = rows.first()
    return row.office.name if row else _("协调办公室")


@dataclass(frozen=True)
class Theirs:
    """What was saved meanwhile in a field, in words; perhaps nothing."""

    text: str


def clash(
    newer: ProgressReport | Observation, user: User, typed: forms.Form, now: forms.Form
) -> dict[str, Any]:
    """What the page says after `Stale`: `newer` was saved, `now` is the form as it then reads."""
    found = {field.name: difference(typed[field.name], field) for field in now.visible_fields()}
    return {
        "newer": newer,
        "newer_is_mine": newer.filled_by_id == user.pk,
        "theirs": {name: Theirs(text) for name, text in found.items() if text is not None},
    }


def as_typed(request: HttpRequest, newer: ProgressReport | Observation) -> Any:
    """What was typed, resting on the newer version: to save it again is meant."""
    data = request.POST.copy()
    data["version"] = str(newer.version)
    return data
