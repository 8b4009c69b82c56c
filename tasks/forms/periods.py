"""Forms of a plan's quarters: settings, closing a side, opening it again."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.forms.plans import Seen
from tasks.models import Plan
from tasks.models.settings import SOON_CHOICES
from tasks.services import editing
from tasks.services.closing import MAX_NOTE, Counts
from tasks.services.plan_settings import BOUNDS, PlanSettings
from tracker.lib.forms import CleanText, Dressed


def _number(name: str) -> forms.IntegerField:
    """A setting, labelled as the plan's own field is."""
    field: Any = Plan._meta.get_field(name)
    least, most = BOUNDS[name]
    return forms.IntegerField(
        label=field.verbose_name, help_text=field.help_text, min_value=least, max_value=most
    )


class SettingsForm(Seen):
    """The days of later quarters; where lights and checks turn."""

    due_day = _number("due_day")
    grace_workdays = _number("grace_workdays")
    contribution_workdays = _number("contribution_workdays")
    redo_workdays = _number("redo_workdays")
    soon_workdays = forms.TypedChoiceField(
        label=_("临期工作日"),
        help_text=_("距完成时限不多于此数为黄灯“临期”。"),
        choices=SOON_CHOICES,
        coerce=int,
    )
    behind_points = _number("behind_points")
    far_behind_points = _number("far_behind_points")
    jump_points = _number("jump_points")
    alike_percent = _number("alike_percent")
    scores_on = forms.BooleanField(
        label=_("启用考核评分"),
        required=False,
        help_text=_("启用后可生成考核评分表，只评本方的单位；不评中央垂直管理单位和企业。"),
    )
    score_filing = _number("score_filing")
    score_pace = _number("score_pace")
    score_done = _number("score_done")
    score_mending = _number("score_mending")

    @classmethod
    def of(cls, plan: Plan, data: Any = None) -> Self:
        """The form of the settings as they stand, or as it was filled in."""
        now = PlanSettings.of(plan)
        return cls(data, initial={**editing.values_of(now), "seen": editing.stamp(now)})

    @property
    def entry(self) -> PlanSettings:
        """The cleaned values."""
        names = PlanSettings.__dataclass_fields__
        return PlanSettings(**{name: self.cleaned_data[name] for name in names})


class CloseForm(Dressed):
    """The yes to closing a side: how much is wanting, as the page said."""

    note = CleanText(
        label=_("关闭说明"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": MAX_NOTE}),
        help_text=_("如催办情况；随快照保存。"),
    )
    missing = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    returned = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    unreviewed = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    @property
    def counts(self) -> Counts:
        """What the person has read to be wanting."""
        data = self.cleaned_data
        return data["missing"] or 0, data["returned"] or 0, data["unreviewed"] or 0


class ReopenForm(Dressed):
    """Why a side is opened again."""

    reason = CleanText(
        label=_("重新开放理由"),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": MAX_NOTE}),
    )
