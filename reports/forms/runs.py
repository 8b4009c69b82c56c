"""The form that asks for a book."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reports import policy
from reports.states import BookKey, Language, Paper
from tasks.models import Period, Plan
from tracker.lib.forms import dress
from tracker.lib.workdays import Quarter
from units.models import Unit, User
from units.policy import standing


class RunForm(forms.Form):
    """Which book, for which quarter, plan and lead unit; offers what the person may ask for."""

    offers_past = True  # books of closed quarters, and of the units that led then

    book = forms.ChoiceField(label=_("报表"), choices=BookKey.choices)
    quarter = forms.ChoiceField(
        label=_("季度"), error_messages={"invalid_choice": _("没有“%(value)s”的填报期，请另选。")}
    )
    plan = forms.ModelChoiceField(
        label=_("方案"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("全部方案"),
        error_messages={"invalid_choice": _("没有这个方案，请另选。")},
    )
    lead_unit = forms.ModelChoiceField(
        label=_("牵头单位"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("全部牵头单位"),
        help_text=_("选全部时，每个牵头单位一份，另有汇总表和压缩包；只有进展情况表可以选定单位。"),
        error_messages={"invalid_choice": _("不能生成该单位的报表，请另选。")},
    )
    paper = forms.ChoiceField(label=_("纸张"), choices=Paper.choices, initial=Paper.A4)
    language = forms.ChoiceField(
        label=_("语言"),
        choices=Language.choices,
        initial=Language.CHINESE,
        required=False,
        help_text=_("表头和说明的语言；填报的内容保持原文。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer = policy.offer_to(user)
        self._choices("plan").queryset = offer.plans
        units = self._choices("lead_unit")
        units.queryset = offer.units
        if self.offers_past and offer.led_until:
            units.queryset |= Unit.objects.filter(pk__in=offer.led_until)
            units.label_from_instance = partial(_with_end, led_until=offer.led_until)
        if offer.must_name_plan:
            plan = self._choices("plan")
            plan.required, plan.empty_label = True, None
        if not offer.whole_plans:
            self._for_own_unit_only()
        self.is_for_plans = offer.whole_plans
        self.is_for_units = offer.whole_plans or bool(standing(user).units)
        if not offer.plans.filter(scores_on=True).exists():
            self._leave_out_scores()
        self.has_units = units.queryset.exists()
        self.has_plans = Plan.objects.tracked().filter(periods__isnull=False).exists()
        periods = Period.objects.filter(plan__in=offer.plans)
        known = {period.as_quarter for period in periods}
        offered = [(str(quarter), quarter.label) for quarter in sorted(known, reverse=True)]
        quarters = self.fields["quarter"]
        assert isinstance(quarters, forms.ChoiceField)  # noqa: S101 - tells the type checker
        quarters.choices = offered
        dress(self)

    def _for_own_unit_only(self) -> None:
        """An officer may ask for the own unit's table and nothing else."""
        unit = self._choices("lead_unit")
        unit.required, unit.empty_label, unit.help_text = True, None, ""
        del self.fields["book"]

    def _leave_out_scores(self) -> None:
        """Off unless an office turns them on."""
        if "book" in self.fields:
            books = self._choices("book")
            books.choices = [one for one in books.choices if one[0] != BookKey.SCORES]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    @property
    def wanted(self) -> dict[str, Any]:
        """The cleaned values as `request_run` takes them."""
        data = self.cleaned_data
        return {
            "book": data.get("book", BookKey.STATUS.value),
            "quarter": Quarter.parse(data["quarter"]),
            "plan": data["plan"],
            "lead_unit": data["lead_unit"],
            "paper": data["paper"],
            "language": data["language"] or Language.CHINESE.value,
        }


def _with_end(unit: Unit, led_until: Mapping[int, Quarter]) -> str:
    """The unit's name, and the last quarter in which it led where that is past."""
    last = led_until.get(unit.pk)
    if last is None:
        return unit.name
    return gettext("%(unit)s（牵头至%(quarter)s）") % {"unit": unit.name, "quarter": last.label}
