"""The filter bar: what its fields offer, how they look, and the filters that are set as chips."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from tasks.filters.fields import UnitField
from tasks.models import Action, Period, Plan, PlanSide, Responsibility
from tasks.services.offered import plans_offered
from tasks.states import LightWord, Role
from tracker.lib.text import listed
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Unit, User
from units.policy import standing

QUARTERS_OFFERED = 12
MOST_UNITS = 300  # in a select


@dataclass(frozen=True)
class Chip:
    """`name` is the parameter that goes when the chip is taken away."""

    name: str
    label: str
    text: str


class FilterBar:
    """What `tasks/_filter_fields.html` shows of a filter set."""

    always: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    # Shown elsewhere, such as the sort by the heads; kept when the form is sent.
    elsewhere: tuple[str, ...] = ()

    def __init__(self, filters: Any) -> None:
        self.filters = filters
        self.form: Any = filters.form
        self.valid = bool(filters.is_valid())
        self.cleaned: dict[str, Any] = getattr(self.form, "cleaned_data", {})
        self.narrow()
        self._name_units_by_id()
        self._bound()
        for field in self.form.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"

    def narrow(self) -> None:
        """Offer what can be found."""

    def _name_units_by_id(self) -> None:
        """A unit that came by name, or that is not offered, stays chosen in its select."""
        data = self.form.data.copy()
        for name, value in self.cleaned.items():
            if isinstance(value, Unit):
                data[name] = str(value.pk)
                field = self.form.fields[name]
                offered = field.queryset.values("pk")
                field.queryset = Unit.objects.filter(Q(pk__in=offered) | Q(pk=value.pk))
        self.form.data = data

    def _bound(self) -> None:
        """Selects of a length that can be read: one's own plans; units to be written by name."""
        for name, field in self.form.fields.items():
            if not isinstance(field, forms.ModelChoiceField):
                continue
            if isinstance(field, UnitField):
                self._bound_units(name, field)
                continue
            plans: Any = field.queryset
            if plans.model is Plan:
                chosen: Any = self.cleaned.get(name)
                rows = plans_offered(self.filters.request.user, plans)
                if chosen and chosen not in rows:
                    rows.insert(0, chosen)
                self._offer(field, rows)

    def _bound_units(self, name: str, field: Any) -> None:
        rows = list(field.queryset[: MOST_UNITS + 1])
        if len(rows) <= MOST_UNITS:
            self._offer(field, rows)
            return
        field.widget = forms.TextInput(
            attrs={"maxlength": "100", "placeholder": _("单位名称或简称")}
        )
        if isinstance(chosen := self.cleaned.get(name), Unit):
            data = self.form.data.copy()
            data[name] = chosen.name
            self.form.data = data

    @staticmethod
    def _offer(field: Any, rows: list[Any]) -> None:
        """These rows, without asking the database for them again."""
        options = [(field.prepare_value(row), field.label_from_instance(row)) for row in rows]
        nothing = [("", field.empty_label)] if field.empty_label is not None else []
        field.widget.choices = [*nothing, *options]

    @property
    def fields(self) -> list[Any]:
        return [self.form[name] for name in self.always]

    @property
    def more_fields(self) -> list[Any]:
        return [self.form[name] for name in self.further]

    @property
    def more_set(self) -> int:
        """How many of the further fields are set."""
        return sum(bool(self.form.data.get(name)) for name in self.further)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        data = self.form.data
        return [(name, data[name]) for name in self.elsewhere if data.get(name)]

    @property
    def chips(self) -> list[Chip]:
        """A chip for each filter that is set and good; the wrong ones stand in the summary."""
        return [
            Chip(name, str(self.form.fields[name].label), self._text(name, value))
            for name, value in self.cleaned.items()
            if value not in (None, "", []) and name not in self.elsewhere
        ]

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, Quarter):
            return value.label
        if isinstance(value, Model):
            return str(getattr(value, "name", "") or value)
        choices = dict(getattr(self.form.fields[name], "choices", ()) or ())
        return str(choices.get(value, value))


class LateBar(FilterBar):
    always: tuple[str, ...] = ("search", "jurisdiction")
    further: tuple[str, ...] = ("plan", "unit")
    elsewhere: tuple[str, ...] = ("kind", "of", "band")
    names_own = True

    def narrow(self) -> None:
        """Places that have a side of a plan, and the one that is chosen.

        Where the rows are one's own, what stands for nothing chosen says so.
        """
        if self.names_own and self.own and self.filters.of_mine:
            who = standing(self.filters.user)
            name = "jurisdiction" if who.offices or who.inspected else "unit"
            self.form.fields[name].empty_label = self.own
        chosen = getattr(self.cleaned.get("jurisdiction"), "pk", None)
        self.form.fields["jurisdiction"].queryset = Jurisdiction.objects.filter(
            Q(pk__in=PlanSide.objects.values("jurisdiction")) | Q(pk=chosen)
        )

    @cached_property
    def own(self) -> str:
        """What is the person's own, in words: the unit, the side, the places inspected."""
        return own_range(self.filters.user) if self.filters.has_own else ""

    @property
    def counted(self) -> str:
        """Whose rows the counts are about."""
        if self.filters.of_mine and self.own:
            return self.own
        chosen = [self.cleaned.get("jurisdiction"), self.cleaned.get("unit")]
        return listed(getattr(one, "name", one) for one in chosen if one) or _("各方")


def own_range(user: User) -> str:
    """本单位（重庆市能源局）, 本方（重庆市）, 督查辖区（四川省）: for each part that there is."""
    who = standing(user)
    parts = []
    if who.offices:
        sides = PlanSide.objects.filter(office__in=who.offices).values("jurisdiction")
        parts.append((_("本方（%(names)s）"), Jurisdiction.objects.filter(pk__in=sides)))
    if who.inspected:
        places = Jurisdiction.objects.filter(code__in=who.inspected)
        parts.append((_("督查辖区（%(names)s）"), places))
    if who.units:
        units: Any = Unit.objects.filter(pk__in=who.units)
        parts.append((_("本单位（%(names)s）"), units))
    return listed(words % {"names": listed(rows)} for words, rows in parts)


class TaskBar(FilterBar):
    further = ("cooperating_unit", "overdue", "unreported", "due_after", "due_before")
    elsewhere = ("light", "ordering")

    def __init__(self, filters: Any, user: User) -> None:
        super().__init__(filters)
        self.user = user

    @property
    def fields(self) -> list[Any]:
        """Actions only once a plan is chosen."""
        action = ["action"] if self.cleaned.get("plan") else []
        names = ["search", "plan", *action, "jurisdiction", "lead_unit", "state"]
        return [self.form[name] for name in names]

    @property
    def lights(self) -> list[tuple[LightWord, int]]:
        """逾期 and 期满未办结 always, other words where there are any; worst first."""
        if not self.valid:
            return []
        counts = self.filters.light_counts()
        always = {LightWord.OVERDUE, LightWord.EXPIRED, self.cleaned.get("light")}
        return [(w, counts.get(w, 0)) for w in LightWord if w in always or w in counts]

    @property
    def judged(self) -> str:
        """Whose light, state and date the list is about; empty where it is the whole task's."""
        return listed(getattr(one, "name", one) for one in self.filters.chosen.values())

    @property
    def own_units(self) -> list[tuple[str, Unit]]:
        """Chips for the units in which the person is somebody."""
        units = Unit.objects.filter(pk__in=standing(self.user).units)
        return [(_("%(unit)s牵头") % {"unit": unit}, unit) for unit in units]

    def narrow(self) -> None:
        """The plan's actions and sides, units that lead or cooperate, quarters that are periods."""
        fields = self.form.fields
        plan: Plan | None = self.cleaned.get("plan")
        sides, duties = PlanSide.objects.all(), Responsibility.objects.all()
        if plan is not None:
            sides, duties = sides.filter(plan=plan), duties.filter(task__plan=plan)
            fields["action"].queryset = Action.objects.filter(plan=plan)
        fields["jurisdiction"].queryset = Jurisdiction.objects.filter(
            pk__in=sides.values("jurisdiction")
        )
        for name, role in (("lead_unit", Role.LEAD), ("cooperating_unit", Role.COOPERATING)):
            of_role = duties.filter(role=role).values("unit")
            fields[name].queryset = Unit.objects.filter(pk__in=of_role)
        periods = Period.objects.order_by("-year", "-quarter").values_list("year", "quarter")
        quarters = [Quarter(*row) for row in periods.distinct()[:QUARTERS_OFFERED]]
        fields["unreported"].widget = forms.Select(
            choices=[("", _("不限"))] + [(str(q), q.label) for q in quarters]
        )
