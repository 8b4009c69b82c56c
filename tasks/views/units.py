"""Units: who they are, what they lead, how they do, whom to reach."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tasks import policy
from tasks.columns import UNIT_LIST
from tasks.models import Plan, PlanSide, Responsibility
from tasks.services import unit_facts
from tasks.services.offered import plans_offered
from tasks.services.urge_things import MOST_TICKED
from tasks.states import Role
from tasks.views.rows import cells_of
from tracker.lib import workdays
from tracker.lib.lists import words_of
from tracker.lib.pages import page_of
from tracker.lib.search import words_of as words_in
from units.filters import within
from units.forms.people import FilterForm
from units.models import Jurisdiction, Membership, Office, Succession, Unit, User
from units.policy import can, may_add_units, scope
from units.services.exports import Export, part_of
from units.services.search import called
from units.states import UnitKind
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

LEADS_SHOWN = 60
ABOLISHED = [("also", _("含已撤销")), ("only", _("只看已撤销"))]


class UnitRow(NamedTuple):
    """A unit in the list: what it has to do, and the offices of its plans."""

    unit: Unit
    figures: unit_facts.UnitFigures
    sides: list[Any]


class UnitFilterForm(FilterForm):
    """By words, place, plan, kind, and whether anybody has an account."""

    search = forms.CharField(label=_("单位名称、简称、曾用名"), max_length=100)
    jurisdiction = forms.ModelChoiceField(
        Jurisdiction.objects.none(),
        label=_("辖区"),
        to_field_name="code",
        empty_label=_("全部辖区"),
    )
    plan = forms.ModelChoiceField(
        Plan.objects.all(), label=_("方案"), to_field_name="code", empty_label=_("全部方案")
    )
    kind = forms.ChoiceField(label=_("性质"), choices=[("", _("全部性质")), *UnitKind.choices])
    accounts = forms.ChoiceField(label=_("账号"), choices=[("", _("不限")), *unit_facts.ACCOUNTS])

    abolished = forms.ChoiceField(label=_("撤销的单位"), choices=[("", _("不列")), *ABOLISHED])

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["plan"].label_from_instance = lambda plan: plan.name
        offered = plans_offered(user, Plan.objects.all())
        fields["plan"].widget.choices = [
            ("", fields["plan"].empty_label),
            *((plan.code, plan.name) for plan in offered),
        ]
        fields["jurisdiction"].queryset = Jurisdiction.objects.filter(
            Q(pk__in=PlanSide.objects.values("jurisdiction"))
            | Q(pk__in=Unit.objects.values("jurisdiction"))
        )


class Listing:
    """The units that the filters of an address choose, in 机构序列."""

    def __init__(self, request: HttpRequest) -> None:
        self.user, self.today = person(request), workdays.today()
        self.form = UnitFilterForm(self.user, request.GET)
        self.valid = self.form.is_valid()
        rows = listed(self.user, self.form, self.today)
        self.found: Any = rows.select_related("jurisdiction", "successor").order_by(
            "jurisdiction__code", "order", "pk"
        )

    def rows(self, units: Iterable[Unit]) -> list[UnitRow]:
        """What is shown of them."""
        return unit_rows(self.user, units, self.today)


def unit_rows(user: User, units: Iterable[Unit], today: datetime.date) -> list[UnitRow]:
    """The units with their figures; a constant number of queries."""
    shown = list(units)
    figures, sides = unit_facts.figures_of(user, shown, today), unit_facts.sides_of(shown)
    return [UnitRow(unit, figures[unit.pk], sides.get(unit.pk, [])) for unit in shown]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Units that have duties, in 机构序列, with the lights of what they lead."""
    found = Listing(request)
    page = page_of(found.found, request)
    context = {
        "may_add": may_add_units(found.user),
        "may_urge": policy.reviews(found.user),
        "most_ticked": MOST_TICKED,
        "form": found.form,
        **columns_of(request, UNIT_LIST),
        "page": page,
        "rows": found.rows(page),
    }
    return render(request, "tasks/units.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        found = Listing(request)
        if not found.valid:
            raise ValidationError(_t("筛选条件有误，请更正后再导出。"))
        heads = picked(request, UNIT_LIST, found.user)
        part = part_of(found.found, found.rows)
        return Export(UNIT_LIST, heads, [part], words_of(found.form))

    return exports.excel(request, UNIT_LIST, make)


def listed(user: User, form: UnitFilterForm, today: datetime.date) -> Any:
    """What the filters choose; nothing where they are wrong."""
    if not form.is_valid():
        return Unit.objects.none()
    return _narrowed(user, _in_being(form.cleaned_data["abolished"], today), form.cleaned_data)


def _in_being(abolished: str, today: datetime.date) -> Any:
    """Units that plans name; those that are no more only where they are asked for."""
    named = Unit.objects.filter(unit_facts.with_duties())
    gone = Q(abolished_on__lte=today)
    if abolished == "only":
        return Unit.objects.filter(gone)
    if abolished == "also":
        return Unit.objects.filter(unit_facts.with_duties() | gone)
    return named.in_being(today)


def _narrowed(user: User, units: Any, values: dict[str, Any]) -> Any:
    units = units.filter(called(words_in(values["search"])))
    if values["jurisdiction"]:
        units = units.filter(jurisdiction__in=within(values["jurisdiction"]))
    if values["plan"]:
        units = units.filter(unit_facts.named_in(values["plan"]))
    if values["kind"]:
        units = units.filter(kind=values["kind"])
    if values["accounts"]:
        today = workdays.today()
        units = units.filter(unit_facts.with_accounts(user, values["accounts"], today))
    return units


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit."""
    user, today = person(request), workdays.today()
    unit = get_object_or_404(Unit.objects.select_related("jurisdiction", "successor"), pk=pk)
    duties = Responsibility.objects.filter(unit=unit).select_related("task__plan", "unit", "side")
    leads = list(
        duties.leads().with_light(today).order_by("task__plan", "task__number")[:LEADS_SHOWN]
    )
    cells = cells_of(user, leads, today)
    helping = duties.filter(role=Role.COOPERATING).order_by("task__plan", "task__number")
    figures = unit_facts.figures_of(user, [unit], today)[unit.pk]
    posts = Membership.objects.current(today).filter(
        unit=unit, pk__in=scope(user, "membership.view").values("pk")
    )
    context = {
        "unit": unit,
        "today": today,
        "figures": figures,
        "leads": [cells[lead.pk] for lead in leads],
        "more_leads": max(0, duties.leads().count() - LEADS_SHOWN),
        "helping": helping[:LEADS_SHOWN],
        "over_time": unit_facts.over_time(user, unit, today),
        "posts": posts.select_related("user").order_by("role", "user__name"),
        "knows_people": figures.people is not None,
        "may_name": may_add_units(user) and can(user, "unit.edit", unit),
        "may_name_deputies": can(user, "deputy.name", unit),
        "may_set_signing": policy.can(user, "signing.set", unit),
        "may_succeed": may_add_units(user) and can(user, "unit.succeed", unit),
        "successions": Succession.objects.about(unit).for_list(),
        "names": unit.names.order_by("valid_from", "kind", "name"),
        "predecessors": unit.predecessors.all(),
        "members": unit.members.all(),
        "collectives": unit.collectives.all(),
        "offices": Office.objects.filter(host_unit=unit),
    }
    return render(request, "tasks/unit.html", context)
