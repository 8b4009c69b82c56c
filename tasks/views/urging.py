"""催办 by hand: what was ticked in a list, shown unit by unit, then sent; or noted as called."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tasks import policy
from tasks.forms.urging import CallForm, LetterForm
from tasks.models import Urge
from tasks.services import phone_calls, urging
from tasks.services.urge_checks import gone_words, whole
from tasks.services.urge_preview import preview
from tasks.services.urge_things import Chosen
from tasks.services.urging import Letter
from tasks.views import urge_all
from tracker.lib import workdays
from tracker.lib.text import whole_number
from units.models import User
from units.web import person

LOOK = "look"  # the ticks of a list, to be looked at first


def _chosen(request: HttpRequest, user: User) -> Chosen:
    """What was ticked, and what the boxes for all of a list stand for."""
    given = _given(request)
    ticked = Chosen.of(given.getlist("row"), given.getlist("unit"), given.getlist("task"))
    return ticked | urge_all.chosen_of(request, user, given.getlist("all"))


def _office(given: QueryDict) -> int | None:
    return whole_number(given.get("office", ""))


def _who_urges(request: HttpRequest) -> User:
    """404 for who acts for no office: there is no such page for them."""
    user = person(request)
    if not policy.reviews(user):
        raise Http404
    return user


def _given(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """See what each unit will get, add a line and a day, send."""
    user, today = _who_urges(request), workdays.today()
    chosen, office = _chosen(request, user), _office(_given(request))
    if request.method != "POST" or LOOK in request.POST:
        return _page(request, user, chosen, office, LetterForm.on(today), "tasks/urge_new.html")
    form = LetterForm.on(today, request.POST)
    if form.is_valid():
        letter = Letter(form.cleaned_data["line"], form.cleaned_data["answer_by"])
        try:
            urge = urging.send(chosen, letter, by=user, now=workdays.now(), office=office)
        except ValidationError as error:
            _take(form, error)
        else:
            number = urge.parts.count()
            said = ngettext("已发出%(n)d份函件。", "已发出%(n)d份函件。", number)
            messages.success(request, said % {"n": number})
            return redirect(urge)
    else:
        _add_wrong_choice(form, user, chosen, office)
    return _page(request, user, chosen, office, form, "tasks/urge_new.html", 422)


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """已电话催办: a line about what was ticked."""
    user = _who_urges(request)
    chosen, office = _chosen(request, user), _office(_given(request))
    if request.method != "POST" or LOOK in request.POST:
        return _page(request, user, chosen, office, CallForm(), "tasks/call_new.html")
    form = CallForm(request.POST)
    if form.is_valid():
        line, now = form.cleaned_data["line"], workdays.now()
        try:
            calls = phone_calls.note(chosen, line, by=user, now=now, office=office)
        except ValidationError as error:
            _take(form, error)
        else:
            said = ngettext("已记%(n)d项电话催办。", "已记%(n)d项电话催办。", len(calls))
            messages.success(request, said % {"n": len(calls)})
            return redirect("tasks:calls")
    else:
        _add_wrong_choice(form, user, chosen, office)
    return _page(request, user, chosen, office, form, "tasks/call_new.html", 422)


def _take(form: Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.error_dict.items():
        form.add_error(name if name in form.fields else None, ValidationError(found))


def _add_wrong_choice(form: Form, user: User, chosen: Chosen, office: int | None) -> None:
    """Beside what is wrong with the fields, so that all is said at once."""
    try:
        whole(preview(user, chosen, workdays.today(), office=office), chosen)
    except ValidationError as error:
        _take(form, error)


def _page(
    request: HttpRequest,
    user: User,
    chosen: Chosen,
    office: int | None,
    form: Form,
    template: str,
    status: int = 200,
) -> HttpResponse:
    today = workdays.today()
    given = _given(request)
    # After a mistake all units are shown again, ticked as they were.
    shown = Chosen.of(given.getlist("shown")) if "shown" in given else chosen
    made = preview(user, shown, today, office=office)
    context: dict[str, Any] = {
        "today": today,
        "made": made,
        "ticked": {thing.side.unit_id for thing in made.things if chosen.has(thing)},
        "form": form,
        "chosen": chosen,
        "gone_words": gone_words(len(made.gone)) if made.gone else "",
    }
    return render(request, template, context, status=status)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send once more to all units of a sending that have not signed."""
    user = _who_urges(request)
    mine: Any = policy.scope(user, "urge.follow")
    urge = get_object_or_404(Urge.objects.filter(parts__in=mine).distinct(), pk=pk)
    return _repeat(request, urge, lambda: urging.repeat_unsigned(urge, by=user, now=workdays.now()))


@require_POST
def unit_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send once more to one unit."""
    user = _who_urges(request)
    mine = policy.scope(user, "urge.follow").select_related("urge__again")
    part = get_object_or_404(mine, pk=pk)
    return _repeat(request, part.urge, lambda: urging.repeat([part], by=user, now=workdays.now()))


def _repeat(request: HttpRequest, first: Urge, send: Callable[[], Urge]) -> HttpResponse:
    try:
        urge = send()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(first)
    number = urge.parts.count()
    said = ngettext(
        "已再次发函：%(n)d个单位，请于%(day)s前回复。",
        "已再次发函：%(n)d个单位，请于%(day)s前回复。",
        number,
    )
    messages.success(request, said % {"n": number, "day": urge.answer_by.isoformat()})
    return redirect(urge)
