"""What the progress form sends: carried over, joined with another's, saved, handed in."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, QueryDict

from tasks.forms.reports import ProgressForm
from tasks.models import Evidence, Period, ProgressReport, Responsibility
from tasks.services import checks, evidence, progress, shelf, signing
from tasks.services.checks import Flag
from tasks.services.entry import FIELDS, TEXTS
from tasks.views.filling import SUBMIT
from tracker.lib.text import whole_number
from units.models import User

ASK, AUTOSAVE, THEIRS = "ask", "autosave", "theirs"
SERVICES = {SUBMIT: progress.submit, ASK: signing.save_and_ask}
CARRY, REMOVE, PICK = "carry-", "remove-", "pick-"
CARRIED = ("percent", *TEXTS)


class Unconfirmed(Exception):
    """Something was noticed and the person has not said yet to hand in all the same.

    `saved` is the draft that holds what was sent.
    """

    def __init__(self, saved: ProgressReport, flags: list[Flag]) -> None:
        super().__init__(flags)
        self.saved, self.flags = saved, flags


@dataclass(frozen=True)
class Filing:
    """One sending of the form."""

    side: Responsibility
    period: Period
    by: User
    now: datetime.datetime
    action: str
    files: Sequence[Any]
    confirmed: str

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        side: Responsibility,
        period: Period,
        *,
        by: User,
        now: datetime.datetime,
    ) -> "Filing":
        """As the browser sent it."""
        post, files = request.POST, request.FILES.getlist(evidence.FIELD)
        action, said = post.get("action", ""), post.get("confirmed", "")
        return cls(side, period, by, now, action, files, said)

    def send(self, form: ProgressForm) -> ProgressReport:
        """Do what the button says. Raises Unconfirmed, and as the services."""
        if self.action not in SERVICES:
            return self.save(form)
        with shelf.kept_whole():
            version = form.cleaned_data["version"] or 0
            if self.files:
                version = self.save(form).version
            done = SERVICES[self.action](
                self.side, self.period, form.entry, by=self.by, now=self.now, version=version
            )
            flags = done.flags if self.action == SUBMIT else noticed(done, self.now)
            asks = is_news(flags, self.confirmed)
            transaction.set_rollback(asks)
        if asks:
            raise Unconfirmed(self.save(form), flags)
        return done

    def save(self, form: ProgressForm) -> ProgressReport:
        """Save as a draft, with the files. Raises as `progress.save_draft`, `evidence.attach`."""
        version = form.cleaned_data["version"] or 0
        with shelf.kept_whole():
            saved = progress.save_draft(
                self.side, self.period, form.entry, by=self.by, now=self.now, version=version
            )
            evidence.attach_all(saved, self.files, by=self.by, now=self.now)
            for row in self._removed(saved):
                evidence.detach(row, by=self.by)
        return saved

    def _removed(self, saved: ProgressReport) -> list[Evidence]:
        number = whole_number(self.action.removeprefix(REMOVE))
        if not self.action.startswith(REMOVE) or number is None:
            return []
        return list(Evidence.objects.filter(report=saved, pk=number))


def noticed(report: ProgressReport, now: datetime.datetime) -> list[Flag]:
    """What would be noticed were it handed in today."""
    return checks.found(report, today=now.date())


def is_news(flags: list[Flag], confirmed: str) -> bool:
    """Whether there are warnings that the person has not read; `confirmed` names those read."""
    return bool(flags) and token_of(flags) != confirmed


def token_of(flags: list[Flag]) -> str:
    """What stands in the form of somebody who has read these warnings."""
    told = json.dumps(flags, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def is_about_files(error: ValidationError) -> bool:
    """Whether it is a file that was not taken."""
    return evidence.FIELD in getattr(error, "error_dict", {})


def picked(post: QueryDict, newest: ProgressReport | None) -> QueryDict:
    """What was typed, with what another saved where the person chose that, or both.

    Only of the version that the choice was made from.
    """
    if newest is None or post.get("version") != str(newest.version):
        return post
    data = post.copy()
    for name in FIELDS:
        theirs, choice = getattr(newest, name), post.get(f"{PICK}{name}")
        if choice == "theirs":
            data[name] = sent_as(theirs)
        elif choice == "both" and name in TEXTS:
            data[name] = joined(theirs, post.get(name, ""))
    return data


def carried(post: QueryDict, action: str, before: ProgressReport | None) -> QueryDict:
    """What was typed, with a field (or all) as last quarter's report has it."""
    data, name = post.copy(), action.removeprefix(CARRY)
    if before is None or name not in CARRIED:
        return data
    value = getattr(before, name)
    data[name] = joined(post.get(name, ""), value) if name in TEXTS else sent_as(value)
    return data


def joined(first: str, second: str) -> str:
    """One text after the other; once where they are the same."""
    parts = [text.replace("\r\n", "\n").strip() for text in (first, second)]
    return "\n".join(dict.fromkeys(part for part in parts if part))


def sent_as(value: Any) -> str:
    """A value as the browser sends it."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)
