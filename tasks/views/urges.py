"""Letters that were sent: the list, one sending, one unit's letter, 签收; and calls."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.columns import CALL_LIST, URGE_LIST
from tasks.documents import urging as papers
from tasks.forms.urging import SignForm
from tasks.models import PhoneCall, Urge, UrgeUnit
from tasks.services import urge_lists, urging
from tasks.services.urge_letters import sheets_of
from tasks.services.urge_lists import ALL, LATE, STATES, UNSIGNED, WITH_ALL
from tasks.services.urge_words import sentence
from tasks.views.brief import DOCX
from tracker.lib import workdays
from tracker.lib.lists import in_a_row
from tracker.lib.pages import page_of
from units.models import User
from units.policy import standing
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

ZIP = "application/zip"
# Of one sending: what all its rows share stands above them.
SENDING = [head for head in URGE_LIST.heads if head.key in ("unit", "lines", "state")]


class _Found:
    """What the address chooses of the letters that the person may read."""

    def __init__(self, request: HttpRequest, user: User, today: datetime.date) -> None:
        self.search = request.GET.get("unit", "").replace("\x00", "").strip()[:50]
        rows = urge_lists.seen(user, unit=self.search)
        self.counts = urge_lists.counts(rows, today)
        asked = request.GET.get("state", "")
        usual = UNSIGNED if self.counts[UNSIGNED] else ALL
        self.state = asked if asked in _tabs(user) else usual
        ordered = urge_lists.of_state(rows, self.state, today).select_related(*WITH_ALL)
        self.rows: Any = ordered.order_by("-urge__made_at", "unit__order", "pk")

    def in_words(self) -> str:
        """签收：待签收；单位：…"""
        words = [_("签收：%(state)s") % {"state": STATES[self.state]}]
        words += [_("单位：%(unit)s") % {"unit": self.search}] if self.search else []
        return in_a_row(words)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What the person's office sent, or the person's unit was sent; not signed for first."""
    user, today = person(request), workdays.today()
    if not policy.has_part(user):
        raise Http404
    found = _Found(request, user, today)
    page = page_of(found.rows, request)
    context = {
        "today": today,
        "page": page,
        "rows": urge_lists.rows_of(user, list(page), today),
        **columns_of(request, URGE_LIST),
        "state": found.state,
        "tabs": [(key, STATES[key], found.counts[key]) for key in _tabs(user)],
        "search": found.search,
        "sends": policy.reviews(user),
        "reads_calls": policy.reads_briefs(user),
        "total": found.counts[ALL],
    }
    return render(request, "tasks/urges.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        user, today = person(request), workdays.today()
        if not policy.has_part(user):
            raise Http404
        found = _Found(request, user, today)
        part = part_of(found.rows, lambda some: urge_lists.rows_of(user, some, today))
        return Export(URGE_LIST, picked(request, URGE_LIST, user), [part], found.in_words())

    return exports.excel(request, URGE_LIST, make)


def _tabs(user: User) -> list[str]:
    """Who is asked is not told of lateness: that is for offices and inspectors."""
    return [key for key in STATES if key != LATE or policy.reads_briefs(user)]


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One sending with all its units."""
    user, today = person(request), workdays.today()
    urge, parts = _sending(user, pk, "urge.view")
    rows = urge_lists.rows_of(user, parts, today)
    context = {
        "today": today,
        "urge": urge,
        "code": next((part.code for part in parts if part.is_urged), parts[0].code),
        "rows": rows,
        "heads": SENDING,
        "unsigned": sum(not part.is_signed for part in parts),
        "answered": sum(part.is_answered for part in parts),
        "may_follow": all(row.may_follow for row in rows),
        "repeats": _repeats(user, urge),
    }
    return render(request, "tasks/urge.html", context)


def _sending(user: User, pk: int, verb: str) -> tuple[Urge, list[UrgeUnit]]:
    """The sending with those of its parts that the person may read; an office's whole alone."""
    seen = policy.scope(user, verb).filter(urge=pk).select_related(*WITH_ALL)
    parts = list(seen.order_by("unit__order", "pk"))
    who = standing(user)
    if not parts or not (who.superuser or who.offices or who.inspected):
        raise Http404
    return parts[0].urge, parts


def _repeats(user: User, urge: Urge) -> list[Urge]:
    """The other sendings about the same, oldest first; of the same office."""
    first = urge.again_id or urge.pk
    rows = Urge.objects.filter(office=urge.office_id).filter(again=first)
    rows = rows | Urge.objects.filter(pk=first)
    seen: Any = policy.scope(user, "urge.view")
    rows = rows.filter(pk__in=seen.order_by().values("urge"))
    return list(rows.exclude(pk=urge.pk).order_by("made_at"))


@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """What one unit was sent, as it reads, and who signed."""
    return _unit_page(request, pk, SignForm())


def _unit_page(request: HttpRequest, pk: int, form: SignForm, status: int = 200) -> HttpResponse:
    user, today = person(request), workdays.today()
    part = _part(user, pk)
    row = urge_lists.rows_of(user, [part], today)[0]
    context: dict[str, Any] = {
        "today": today,
        "row": row,
        "part": part,
        "form": form,
        "is_own": part.unit_id in standing(user).units,
    }
    return render(request, "tasks/urge_unit.html", context, status=status)


def _part(user: User, pk: int) -> UrgeUnit:
    rows = policy.scope(user, "urge.view").select_related(*WITH_ALL)
    part: UrgeUnit = get_object_or_404(rows, pk=pk)
    return part


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit signs for it, with an answer where it has one."""
    user = person(request)
    part = _part(user, pk)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _unit_page(request, pk, form, 422)
    try:
        signed = urging.sign(part, by=user, now=workdays.now(), answer=form.cleaned_data["answer"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        said = _("已回复。") if signed.is_answered else _("已签收。")
        messages.success(request, said)
    return redirect(part)


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's letter in Word; each taking is on record."""
    user = person(request)
    part = _part(user, pk)
    (sheet,) = sheets_of([part])
    if request.method == "GET":
        urging.record_download(part, by=user)
    return _file(papers.document(sheet), papers.file_name(part), DOCX)


@require_safe
def letters(request: HttpRequest, pk: int) -> HttpResponse:
    """All letters of a sending, zipped."""
    user = person(request)
    urge, parts = _sending(user, pk, "urge.follow")
    if request.method == "GET":
        urging.record_download(urge, by=user)
    return _file(papers.zipped(sheets_of(parts)), papers.archive_name(parts), ZIP)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Telephone calls that the person's office has noted."""
    user = person(request)
    if not policy.reads_briefs(user):
        raise Http404
    page = page_of(_calls(user), request)
    context = {"page": page, "rows": told_of(page), **columns_of(request, CALL_LIST)}
    return render(request, "tasks/calls.html", context)


@require_safe
def calls_excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        user = person(request)
        if not policy.reads_briefs(user):
            raise Http404
        found = _calls(user)
        part = part_of(found, told_of)
        return Export(CALL_LIST, picked(request, CALL_LIST, user), [part])

    return exports.excel(request, CALL_LIST, make)


class CallRow(NamedTuple):
    """A call, and what it was about."""

    call: PhoneCall
    text: str


def _calls(user: User) -> Any:
    rows = policy.scope(user, "call.view").select_related("unit", "office", "made_by")
    return rows.order_by("-made_at", "-pk")


def told_of(calls: Iterable[PhoneCall]) -> list[CallRow]:
    """Calls with what they were about."""
    return [CallRow(row, sentence(row.kind, row.due_on, row.params, own=True)) for row in calls]
