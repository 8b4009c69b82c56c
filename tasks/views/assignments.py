"""交办 and 签收: what an office has handed out, what a unit is to sign for."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.columns import ASSIGNMENT_LIST
from tasks.forms.duties import HandOutForm
from tasks.models import Assignment, Responsibility
from tasks.services import assignments
from tasks.views.assignment_board import KINDS, ORDER, Board, shown_rows
from tracker.lib import workdays
from tracker.lib.pages import page_of
from tracker.lib.text import whole_number
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

MOST_TICKED = 2000


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What is handed out, by how far it is signed for."""
    return _page(request, HandOutForm.on(assignments.default_sign_by(workdays.today())))


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        user, today = person(request), workdays.today()
        board = Board(user, request.GET, today)
        found = board.of(board.kind).order_by(*ORDER)
        part = part_of(found, lambda some: shown_rows(user, some, today))
        heads = picked(request, ASSIGNMENT_LIST, user)
        return Export(ASSIGNMENT_LIST, heads, [part], board.in_words())

    return exports.excel(request, ASSIGNMENT_LIST, make)


def _page(request: HttpRequest, form: HandOutForm, *, status: int = 200) -> HttpResponse:
    user, today = person(request), workdays.today()
    board = Board(user, request.GET, today)
    ordered = board.of(board.kind).order_by(*ORDER)
    page = page_of(ordered, request)
    rows = shown_rows(user, page, today)
    context = {
        "today": today,
        "board": board,
        "page": page,
        "rows": rows,
        **columns_of(request, ASSIGNMENT_LIST),
        "form": form,
        "may_hand_out": any(r.may_hand_out for r in rows),
        "may_sign": any(r.may_sign for r in rows),
    }
    return render(request, "tasks/assignments.html", context, status=status)


def _chosen(request: HttpRequest, verb: str, kind: str) -> list[Responsibility]:
    """The ticked rows, or all of the kind that the address shows; only what the verb allows."""
    user = person(request)
    allowed = policy.scope(user, verb)
    if "everything" in request.POST:
        if verb == "duty.sign_for":
            allowed = assignments.waiting_for(user)
        board = Board(user, request.GET, workdays.today())
        return list(allowed.filter(pk__in=board.of(kind).values("pk")))
    ticked = {whole_number(text) for text in request.POST.getlist("duty")[:MOST_TICKED]}
    ids = {number for number in ticked if number is not None}
    found = list(allowed.filter(pk__in=ids))
    if len(found) == len(ticked):
        return found
    # Nothing is done by halves. What waited for a signature may have got one; another's is refused.
    if verb == "duty.edit":
        others = Responsibility.objects.filter(pk__in=ids).exclude(pk__in=[d.pk for d in found])
        if others.exists():
            raise PermissionDenied
    return []


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Hand out what was ticked, or all that was not yet."""
    user = person(request)
    assignments.check_may_hand_out(user)
    kind = request.POST.get("kind", "new")
    duties = _chosen(request, "duty.edit", kind if kind in KINDS else "new")
    default = assignments.default_sign_by(workdays.today())
    form = HandOutForm.on(default, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.cleaned_data
    try:
        made = assignments.hand_out(
            duties, note=data["note"], sign_by=data["sign_by"], by=user, now=workdays.now()
        )
    except ValidationError as error:
        for name, found in error.error_dict.items():
            form.add_error(name if name in form.fields else None, ValidationError(found))
        return _page(request, form, status=422)
    number = len(made)
    words = {"n": number, "day": data["sign_by"].isoformat()}
    said = ngettext(
        "已交办%(n)d项，请各单位%(day)s前签收。", "已交办%(n)d项，请各单位%(day)s前签收。", number
    )
    messages.success(request, said % words)
    return _back(request)


@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """The unit signs for what was ticked, or for everything."""
    user = person(request)
    duties = _chosen(request, "duty.sign_for", "unsigned")
    if not duties:
        messages.error(request, _("没有可签收的事项：可能已由本单位他人签收，或交办已撤回。"))
        return _back(request)
    number = len(assignments.sign_for(duties, by=user, now=workdays.now()))
    said = ngettext("已签收%(n)d项。", "已签收%(n)d项。", number)
    messages.success(request, said % {"n": number})
    return _back(request)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what nobody has signed for."""
    user = person(request)
    mine = policy.scope(user, "duty.edit").values("pk")
    found = get_object_or_404(Assignment.objects.filter(responsibility__in=mine), pk=pk)
    unit = found.responsibility.unit
    try:
        assignments.withdraw(found, by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已撤回对%(unit)s的交办。") % {"unit": unit})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page from which it was done."""
    to = request.POST.get("back", "")
    if to and url_has_allowed_host_and_scheme(to, None) and to.startswith("/"):
        return redirect(to)
    return redirect(f"{reverse('tasks:assignments')}?{request.GET.urlencode()}".rstrip("?"))
