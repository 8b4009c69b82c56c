"""Requests about people: asking, confirming in one go, refusing, taking back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.lib import workdays
from tracker.lib.pages import page_of
from units import policy
from units.forms.people import ChosenForm, InviteForm, RefuseForm, RequestFilterForm
from units.models import PersonRequest, User
from units.services import requests
from units.web import person

PER_PAGE = 100  # what comes in one sheet is confirmed on one page


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Requests that the reader may see: those that wait first."""
    user = person(request)
    if not policy.knows_people(user):
        raise Http404
    return _page(request, user)


def _page(
    request: HttpRequest,
    user: User,
    *,
    status: int = 200,
    wrong: ChosenForm | None = None,
    refused: tuple[int, RefuseForm] | None = None,
) -> HttpResponse:
    form = RequestFilterForm(request.GET)
    rows = policy.requests_seen_by(user).with_names()
    if not form.is_valid():
        rows = rows.none()
    else:
        for name in ("state", "batch"):
            if value := form.cleaned_data[name]:
                rows = rows.filter(**{name: value})
        if not form.cleaned_data["state"]:
            rows = rows.in_order()
    page = page_of(rows, request, PER_PAGE)
    decides = set(policy.scope(user, "request.decide").values_list("pk", flat=True))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(one, user, decides, refused) for one in page],
        "decides": bool(decides),
        "keeper": policy.keeps(user),
        "may_invite": policy.may_invite(user),
        "wrong": wrong,
    }
    return render(request, "units/requests.html", context, status=status)


def _row(
    one: PersonRequest, user: User, decides: set[int], refused: tuple[int, RefuseForm] | None
) -> dict[str, Any]:
    may_decide = one.pk in decides
    form = None
    if may_decide:
        form = refused[1] if refused and refused[0] == one.pk else RefuseForm(request_id=one.pk)
    return {
        "one": one,
        "may_decide": may_decide,
        "may_withdraw": one.is_waiting and one.requested_by_id == user.pk,
        "refuse_form": form,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Ask for an account; what the security administrator asks for another one confirms."""
    user = person(request)
    if not policy.may_invite(user):
        raise Http404
    form = InviteForm(request.POST or None, user=user)
    if request.method != "POST":
        return render(request, "units/invite.html", _invite_context(user, form))
    if form.is_valid():
        try:
            return _invited(request, user, form)
        except ValidationError as error:
            form.add_error(None, error)
        except PermissionDenied as error:
            form.add_error(None, str(error))
    return render(request, "units/invite.html", _invite_context(user, form), status=422)


def _invite_context(user: User, form: InviteForm) -> dict[str, Any]:
    return {"form": form, "keeper": policy.keeps(user)}


def _invited(request: HttpRequest, user: User, form: InviteForm) -> HttpResponse:
    now = workdays.now()
    row = requests.ask_for_account(
        form.newcomer, form.wanted, by=user, now=now, note=form.cleaned_data["note"]
    )
    said = _("已提出申请：%(name)s。安全管理员确认后生效。")
    if policy.keeps(user):
        said = _("已提出申请：%(name)s。须由另一名安全管理员确认，或由系统所有者用命令办理。")
    messages.success(request, said % {"name": row.who})
    return redirect("units:requests")


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm what is ticked: all or nothing. Links that could not be mailed are shown once."""
    user = person(request)
    if not policy.keeps(user):
        raise Http404
    form = ChosenForm(request.POST, user=user)
    if not form.is_valid():
        return _page(request, user, status=422, wrong=form)
    try:
        done = requests.confirm_all(
            form.cleaned_data["requests"].order_by("pk"), by=user, now=workdays.now()
        )
    except ValidationError as error:
        form.add_error("requests", error.messages)
        return _page(request, user, status=422, wrong=form)
    said = ngettext("已确认%(number)d项申请。", "已确认%(number)d项申请。", len(done))
    handed = [one.handed for one in done if one.handed]
    if handed:
        context = {"handed": handed, "said": said % {"number": len(done)}}
        return render(request, "units/links.html", context)
    messages.success(request, said % {"number": len(done)})
    return redirect("units:requests")


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse one, with a reason."""
    user = person(request)
    row = get_object_or_404(policy.scope(user, "request.view"), pk=pk)
    if not policy.keeps(user):
        raise Http404
    form = RefuseForm(request.POST, request_id=row.pk)
    if not form.is_valid():
        return _page(request, user, status=422, refused=(row.pk, form))
    try:
        requests.refuse(row, reason=form.cleaned_data["reason"], by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已退回申请人，并说明理由。"))
    return redirect("units:requests")


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one asked for."""
    user = person(request)
    row = get_object_or_404(policy.scope(user, "request.view").filter(requested_by=user), pk=pk)
    try:
        requests.withdraw(row, by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已撤回申请。"))
    return redirect("units:requests")
