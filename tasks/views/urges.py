"""Letters that were sent: the list, one sending, one unit's letter, 签收; and calls."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.documents import urging as papers
from tasks.forms.urging import SignForm
from tasks.models import Urge, UrgeUnit
from tasks.services import urge_lists, urging
from tasks.services.urge_letters import sheets_of
from tasks.services.urge_lists import ALL, LATE, STATES, UNSIGNED, WITH_ALL
from tasks.services.urge_words import sentence
from tasks.views.brief import DOCX
from tracker.lib import workdays
from tracker.lib.pages import page_of
from units.models import User
from units.policy import standing
from units.web import person

ZIP = "application/zip"


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What the person's office sent, or the person's unit was sent; not signed for first."""
    user, today = person(request), workdays.today()
    if not policy.has_part(user):
        raise Http404
    search = request.GET.get("unit", "").replace("\x00", "").strip()[:50]
    rows = urge_lists.seen(user, unit=search)
    counts = urge_lists.counts(rows, today)
    asked = request.GET.get("state", "")
    state = asked if asked in _tabs(user) else UNSIGNED if counts[UNSIGNED] else ALL
    ordered = urge_lists.of_state(rows, state, today).select_related(*WITH_ALL)
    page = page_of(ordered.order_by("-urge__made_at", "unit__order", "pk"), request)
    context = {
        "today": today,
        "page": page,
        "rows": urge_lists.rows_of(user, list(page), today),
        "state": state,
        "tabs": [(key, STATES[key], counts[key]) for key in _tabs(user)],
        "search": search,
        "sends": policy.reviews(user),
        "reads_calls": policy.reads_briefs(user),
        "total": counts[ALL],
    }
    return render(request, "tasks/urges.html", context)


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
    rows = policy.scope(user, "call.view").select_related("unit", "office", "made_by")
    page = page_of(rows.order_by("-made_at", "-pk"), request)
    told = [(row, sentence(row.kind, row.due_on, row.params, own=True)) for row in page]
    return render(request, "tasks/calls.html", {"page": page, "rows": told})
