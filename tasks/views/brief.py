"""The one-page brief: to read, to print, as Word; and the office's wording of its suggestions."""

import datetime
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.documents import brief as word_document
from tasks.models.briefs import LONGEST_NOTE
from tasks.services import brief as service
from tasks.services.brief import words
from tasks.services.brief.choosing import Chosen, choose, sides_for
from tasks.services.brief.making import Brief, file_name
from tasks.services.brief.room import LEAST
from tasks.services.brief.rows import LIGHTS, late_label
from tasks.states import LightWord
from tracker.lib import workdays
from tracker.lib.text import clean_text, day_text, whole_number
from units.models import User
from units.policy import standing
from units.services import audit
from units.web import person

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`?plan=&side=&quarter=`; without them the first of the reader's own, in its open quarter."""
    user, today = person(request), workdays.today()
    chosen = chosen_by(request, user, today)
    if chosen is None:
        context = {"sides": sides_for(user), "today": today}
        return render(request, "tasks/brief_none.html", context)
    return _page(request, user, chosen, today)


def _page(
    request: HttpRequest,
    user: User,
    chosen: Chosen,
    today: datetime.date,
    *,
    typed: str | None = None,
    error: str = "",
) -> HttpResponse:
    made = word_document.fitted(service.make(user, chosen.side, chosen.period, today))
    opened = chosen.period is not None and chosen.period.is_open(today)
    may_edit = opened and policy.can(user, "brief.edit", chosen.side)
    who = standing(user)
    context: dict[str, Any] = {
        "brief": made,
        "words": _words(made),
        "late_kinds": [(kind, late_label(kind), rows) for kind, rows, _number in made.late],
        "rest_links": _rest_links(made),
        "light_heads": [label for label, _words in LIGHTS],
        "problem": chosen.problem,
        "today": today,
        "address": address_of(chosen),
        "others": [one for one in sides_for(user) if one != chosen.side],
        "may_edit": may_edit,
        "error": error,
        "most": LONGEST_NOTE,
        "most_lines": service.MOST_LINES,
        "history": service.history(made.note),
        "may_draft": chosen.period is not None and policy.can(user, "circular.draft", chosen.side),
        "is_office": bool(who.offices) or who.superuser,
    }
    if may_edit:
        context["typed"] = _to_type(made) if typed is None else typed
    return render(request, "tasks/brief.html", context, status=422 if error else 200)


def _rest_links(made: Brief) -> list[tuple[LightWord, int]]:
    """What is left out, by kind, where the list of the light has the same rows."""
    if not made.is_live:
        return []
    numbers = {kind: number for kind, _rows, number in made.late}
    words_of_all = made.own.words
    return [
        (kind, number) for kind, number in made.late_rest if numbers[kind] == words_of_all[kind]
    ]


def _to_type(made: Brief) -> str:
    """What stands in the field: the office's text, else the derived one, as it is in Chinese."""
    with translation.override(settings.LANGUAGE_CODE):
        text = "\n".join(words.advice(made))
        return text if len(text) <= LONGEST_NOTE else "\n".join(replace(made, room=LEAST).advice())


def _words(made: Brief) -> dict[str, Any]:
    return {
        "title": words.title(made),
        "day": day_text(made.today),
        "overall": words.overall(made),
        "late": words.late_counts(made),
        "late_rest": words.late_rest(made),
        "asks": [(ask, words.ask_text(ask, made.room)) for ask in made.asks_shown],
        "no_asks": words.no_asks(made),
        "asks_rest": words.asks_rest(made),
        "advice": words.advice(made),
    }


@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """Keep the office's wording; an empty one brings the derived suggestions back."""
    user, today = person(request), workdays.today()
    chosen = chosen_by(request, user, today)
    may = chosen is not None and policy.can(user, "brief.edit", chosen.side)
    if chosen is None or chosen.period is None or chosen.problem or not may:
        raise Http404
    typed = clean_text(request.POST.get("text", ""))
    version = whole_number(request.POST.get("version", ""))
    text = "" if "derived" in request.POST else typed
    try:
        service.write(
            chosen.side,
            chosen.period,
            text=text,
            version=-1 if version is None else version,
            by=user,
            now=workdays.now(),
        )
    except ValidationError as error:
        if not chosen.period.is_open(today):
            messages.error(request, error.messages[0])
            return redirect(f"{reverse('tasks:brief')}?{address_of(chosen)}")
        return _page(request, user, chosen, today, typed=typed, error=error.messages[0])
    done = _("建议已保存，打印和Word均用此文本。") if text else _("已恢复按数据生成的建议。")
    messages.success(request, done)
    return redirect(f"{reverse('tasks:brief')}?{address_of(chosen)}#advice")


@require_safe
def word(request: HttpRequest) -> HttpResponse:
    """The page as a Word document; each taking is on record."""
    user, today = person(request), workdays.today()
    chosen = chosen_by(request, user, today)
    if chosen is None or chosen.problem:
        raise Http404
    made = word_document.fitted(service.make(user, chosen.side, chosen.period, today))
    offices = [one.office_id for one in sides_for(user)]
    with translation.override(settings.LANGUAGE_CODE):
        several = offices.count(chosen.side.office_id) > 1
        name = file_name(chosen.side, chosen.period, several=several)
    response = HttpResponse(word_document.document(made, workdays.now()), content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    if request.method == "GET":
        after = {"file": name, "period": chosen.period, "day": today}
        audit.record("brief.download", chosen.side, by=user, after=after)
    return response


def address_of(chosen: Chosen) -> str:
    """The query that leads to this brief."""
    asked = {"plan": chosen.side.plan.code, "side": chosen.side.jurisdiction.code}
    if chosen.period is not None:
        asked["quarter"] = chosen.period.code
    return urlencode(asked)


def chosen_by(request: HttpRequest, user: User, today: datetime.date) -> Chosen | None:
    """What the address asks for; None where the reader has none; 404 for another's."""
    sides = sides_for(user)
    asked = {name: clean_text(request.GET.get(name, "")) for name in ("plan", "side", "quarter")}
    found = choose(sides, today, plan=asked["plan"], side=asked["side"], text=asked["quarter"])
    if found is None and (not policy.reads_briefs(user) or asked["plan"] or asked["side"]):
        raise Http404
    return found
