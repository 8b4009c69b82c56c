"""Entering observations, and the page of one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tasks import policy
from tasks.columns import OBSERVATION_LIST
from tasks.forms.observations import ObservationForm
from tasks.models import Observation, Target
from tasks.services import observation_queue, observations
from tasks.services.observation_entries import Filer, filer_for
from tasks.services.observations import NeedsConfirmation
from tasks.views.filling import SUBMIT, as_typed, clash, office_name, saved_mark
from tasks.views.queue import judging
from tracker.lib import workdays
from tracker.lib.pages import page_of
from tracker.lib.stale import Stale
from tracker.lib.text import whole_number
from units.models import User
from units.policy import standing
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

WITH_TARGET = ("target__plan__jurisdiction", "target__plan__region", "target__indicator")
WITH_ALL = (
    *WITH_TARGET,
    "target__place",
    "indicator",
    "place",
    "document",
    "unit",
    "office",
    "side",
    "filled_by",
    "submitted_by",
    "reviewed_by",
    "supersedes__indicator",
)
MINE, ALL = "mine", "all"


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Observations that the person may see; `?of=mine` those of one's own body."""
    user = person(request)
    who, whose = standing(user), _whose(request)
    page = page_of(_listed(user, whose), request)
    context = {
        "page": page,
        "rows": list(page),
        **columns_of(request, OBSERVATION_LIST),
        "whose": whose,
        "has_own": bool(who.units or who.offices),
        "to_review": policy.scope(user, "observation.review").count(),
    }
    return render(request, "tasks/observations.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        user, whose = person(request), _whose(request)
        heads, found = picked(request, OBSERVATION_LIST, user), _listed(user, whose)
        words = _("范围：本单位录入") if whose == MINE else ""
        return Export(OBSERVATION_LIST, heads, [part_of(found)], words)

    return exports.excel(request, OBSERVATION_LIST, make)


def _whose(request: HttpRequest) -> str:
    asked = request.GET.get("of")
    return asked if asked in (MINE, ALL) else ALL


def _listed(user: User, whose: str) -> Any:
    """Those of the list, the newest first."""
    rows = policy.scope(user, "observation.view").select_related(*WITH_ALL)
    if whose == MINE:
        who = standing(user)
        rows = rows.filter(unit__in=who.units) | rows.filter(office__in=who.offices)
    return rows.order_by("-ends_on", "-pk")


@require_http_methods(["GET", "HEAD", "POST"])
def observe(request: HttpRequest, pk: int) -> HttpResponse:
    """A new figure of a target; `?supersedes=` names the one that it corrects."""
    user = person(request)
    targets = policy.scope(user, "observation.enter").select_related(
        "indicator", "place", "unit__jurisdiction", "plan__jurisdiction", "plan__region"
    )
    target = get_object_or_404(targets, pk=pk)
    old = _corrected(user, target, request.GET.get("supersedes", ""))
    if request.method != "POST":
        form = ObservationForm.of(target, old, anew=True)
        return _page(request, user, target, form, old=old)
    return _write(request, user, target, None, old)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a draft, or mend what was returned."""
    user = person(request)
    rows = policy.scope(user, "observation.edit").select_related(*WITH_ALL)
    row = get_object_or_404(rows, pk=pk)
    if row.target is None:
        raise Http404
    if request.method != "POST":
        form = ObservationForm.of(row.target, row)
        return _page(request, user, row.target, form, row=row, old=row.supersedes)
    return _write(request, user, row.target, row, row.supersedes)


def _corrected(user: User, target: Target, number: str) -> Observation | None:
    if not number:
        return None
    chosen = whole_number(number)
    if chosen is None:
        raise Http404
    rows = policy.scope(user, "observation.view").filter(indicator=target.indicator_id)
    row: Observation = get_object_or_404(rows.select_related(*WITH_ALL), pk=chosen)
    return row


def _write(
    request: HttpRequest,
    user: User,
    target: Target,
    row: Observation | None,
    old: Observation | None,
) -> HttpResponse:
    form = ObservationForm(target, request.POST)
    hand_in = request.POST.get("action") == SUBMIT
    if not form.is_valid():
        return _page(request, user, target, form, row=row, old=old, status=422)
    doubts: list[str] = []
    try:
        saved = _store(form, user, target, row, old, hand_in)
    except NeedsConfirmation as error:
        doubts = error.messages
    except Stale:
        if row is None:
            raise
        return _stale(request, user, target, row)
    except ValidationError as error:
        form.take(error)
    else:
        return redirect(_after(request, saved, hand_in) + saved_mark(request))
    return _page(request, user, target, form, row=row, old=old, doubts=doubts, status=422)


def _stale(request: HttpRequest, user: User, target: Target, row: Observation) -> HttpResponse:
    """Show both texts."""
    newer = Observation.objects.select_related(*WITH_ALL).get(pk=row.pk)
    form = ObservationForm(target, as_typed(request, newer))
    told = clash(newer, user, form, ObservationForm.of(target, newer))
    return _page(
        request, user, target, form, row=newer, old=newer.supersedes, told=told, status=409
    )


@transaction.atomic
def _store(
    form: ObservationForm,
    user: User,
    target: Target,
    row: Observation | None,
    old: Observation | None,
    hand_in: bool,
) -> Observation:
    """Save, and hand in where that is asked: both or nothing."""
    now = workdays.now()
    saved = observations.save_draft(
        target,
        form.entry,
        by=user,
        now=now,
        row=row,
        version=form.cleaned_data["version"] or 0,
        supersedes=old if row is None else None,
    )
    if not hand_in:
        return saved
    confirmed = form.cleaned_data["confirmed"]
    return observations.submit(saved, by=user, now=now, version=saved.version, confirmed=confirmed)


def _after(request: HttpRequest, saved: Observation, hand_in: bool) -> str:
    """Says what was done; returns the page where the person goes on."""
    if not hand_in:
        messages.success(request, _("已保存草稿，尚未提交。"))
        return reverse("tasks:observation_edit", args=[saved.pk])
    messages.success(request, _("监测值已提交至%(office)s。") % {"office": office_of(saved)})
    return saved.get_absolute_url()


def _page(
    request: HttpRequest,
    user: User,
    target: Target,
    form: ObservationForm,
    *,
    row: Observation | None = None,
    old: Observation | None = None,
    doubts: list[str] | None = None,
    told: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    filer = Filer(row.unit, row.office, row.side) if row and row.side else _filer(user, target)
    if filer is None:
        raise PermissionDenied
    context = {
        "form": form,
        "target": target,
        "row": row,
        "old": old,
        "doubts": doubts or [],
        "filer": filer,
        "office": office_name(target.plan_id, filer.side.pk),
        "reviewers": observation_queue.others_reviewing(
            target.plan_id, filer.side, but=user, on=workdays.today()
        ),
        "known": known_of(user, target.indicator_id),
        **(told or {}),
    }
    return render(request, "tasks/observe.html", context, status=status)


def _filer(user: User, target: Target) -> Filer | None:
    try:
        return filer_for(user, target)
    except ValidationError:
        return None


def known_of(user: User, indicator: int, *, but: int = 0) -> list[Observation]:
    """The newest figures of the indicator, to be read beside another."""
    rows = policy.scope(user, "observation.view").filter(indicator=indicator).exclude(pk=but)
    rows = rows.select_related("indicator", "place").order_by("-ends_on", "-pk")
    return list(rows[:5])


def office_of(row: Observation) -> str:
    """Who reviews it."""
    return office_name(row.target.plan_id, row.side_id) if row.target else ""


@require_safe
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """One observation: the figure, where it comes from, and its way."""
    user = person(request)
    rows = policy.scope(user, "observation.view").select_related(*WITH_ALL)
    row = get_object_or_404(rows, pk=pk)
    return render(request, "tasks/observation.html", context_of(user, row))


def context_of(user: User, row: Observation) -> dict[str, Any]:
    """What the page of one and the review queue both show."""
    corrections = policy.scope(user, "observation.view").filter(supersedes=row.pk)
    targets: Any = policy.scope(user, "target.view")
    return {
        "row": row,
        "target": row.target,
        "targets": targets.filter(indicator=row.indicator_id).select_related("indicator", "plan"),
        "office": office_of(row),
        "known": known_of(user, row.indicator_id, but=row.pk),
        "doubts": observations.doubts_about(row) if row.target else [],
        "correction": corrections.select_related("indicator").first(),
        "may_edit": policy.can(user, "observation.edit", row),
        "may_review": policy.can(user, "observation.review", row),
        "tells_way": policy.can(user, "observation.reason", row),
        "url": reverse("tasks:observation", args=[row.pk]),
        **judging(
            row,
            approve="tasks:observation_approve",
            send_back="tasks:observation_return",
            filer=row.filer,
        ),
    }
