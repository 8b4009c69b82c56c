"""How a report is signed, and what may be done about it: a part of its page."""

from typing import Any

from tasks import policy
from tasks.forms.signing import AddFilesForm, PaperForm, RefuseForm, VersionForm
from tasks.models import ProgressReport
from tasks.services.signing_rules import is_by_filler, signs_for
from units.models import User

SigningForms = dict[str, VersionForm]


def context_of(
    user: User, report: ProgressReport, forms: SigningForms | None = None
) -> dict[str, Any]:
    """What `tasks/_signing.html` shows: how it was signed, and what may be done."""
    given, first = forms or {}, {"version": report.version}
    may_ask = policy.can(user, "report.ask_sign", report)
    return {
        "sign_by_filler": is_by_filler(report),
        "may_ask": may_ask,
        "may_sign": may_ask and signs_for(user, report.responsibility),
        "may_hand_in": policy.can(user, "report.hand_in", report),
        "refuse_form": given.get("refuse") or RefuseForm(initial=first, auto_id="refuse_%s"),
        "add_form": given.get("add-files") or AddFilesForm(initial=first, auto_id="add_%s"),
        "paper_form": given.get("paper") or PaperForm(initial=first, auto_id="paper_%s"),
        "sign_form": next((form for form in given.values() if form.errors), None),
    }
