"""Forms of 年度节点 and 延期. Rules live in services; a form reads what was typed."""

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.forms.files import Files
from tasks.models import Extension, Milestone
from tasks.services.extensions import MAX_BODY, Grant
from tasks.services.milestone_drafts import Line
from tasks.services.milestone_rules import MAX_TEXT, MAX_TITLE, Step
from tracker.lib.forms import CleanText, Day, Dressed

MOST_LINES = 60
NUMBER = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": 100})


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-limit": MAX_TEXT})


def version_field() -> forms.IntegerField:
    return forms.IntegerField(min_value=0, widget=forms.HiddenInput)


if TYPE_CHECKING:
    _Lines = forms.BaseFormSet["LineForm"]
else:
    _Lines = forms.BaseFormSet


class LineForm(Dressed):
    """A row of the table: a milestone that the lead enters; left empty it is none."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    due_on = Day(label=_("节点日期"))
    title = CleanText(label=_("节点内容"), required=False, max_length=MAX_TITLE)
    percent = forms.IntegerField(label=_("应达进度（%）"), required=False, widget=NUMBER)
    removed = forms.BooleanField(label=_("删除"), required=False)

    @property
    def is_filled(self) -> bool:
        """Whether it says something: the day alone is only what was proposed."""
        data = self.cleaned_data
        known = data.get("pk") is not None
        return known or bool(data.get("title")) or data.get("percent") is not None

    @property
    def line(self) -> Line:
        """The cleaned values."""
        data = self.cleaned_data
        step = Step(data.get("due_on"), data.get("title", ""), data.get("percent"))
        return Line(step, data.get("pk"), data.get("version") or 0, bool(data.get("removed")))


class LinesForm(_Lines):
    """The table. Nothing is deleted that was not loaded into it."""

    @classmethod
    def of(
        cls, drafts: Sequence[Milestone], days: Sequence[datetime.date], data: Any = None
    ) -> "LinesForm":
        """The drafts, and an empty row for each of these days and one more."""
        names = ("pk", "version", "due_on", "title", "percent")
        known = [{name: getattr(row, name) for name in names} for row in drafts]
        empty: list[dict[str, Any]] = [{"due_on": day} for day in days]
        made: Any = forms.formset_factory(
            LineForm, formset=cls, extra=1, max_num=MOST_LINES, validate_max=True
        )
        table: LinesForm = made(data, initial=[*known, *empty], prefix="line")
        return table

    @property
    def filled(self) -> list[LineForm]:
        return [form for form in self.forms if form.is_filled]

    def take(self, error: Any) -> None:
        """Show a service's errors in their rows."""
        filled = self.filled
        for key, messages in error.message_dict.items():
            number, _dash, name = key.partition("-")
            form = filled[int(number)] if number.isdigit() else None
            if form is not None and name in form.fields:
                form.add_error(name, messages)
            elif form is not None:
                form.add_error(None, messages)


class ReasonForm(Dressed):
    """Sending back or dropping; `version` is the one that was read."""

    reason = CleanText(label=_("理由"), max_length=MAX_TEXT, widget=_area(2))
    version = version_field()


class MetForm(Dressed):
    """That a milestone is met."""

    met_on = Day(label=_("完成日期"), required=True)
    result = CleanText(
        label=_("完成情况"),
        max_length=MAX_TEXT,
        help_text=_("写明做成了什么、成果在哪里。"),
        widget=_area(4),
    )
    evidence = Files()
    version = version_field()


class ChangeForm(Dressed):
    """What stands in the place of a confirmed milestone."""

    due_on = Day(label=_("节点日期"), required=True)
    title = CleanText(label=_("节点内容"), max_length=MAX_TITLE)
    percent = forms.IntegerField(label=_("应达进度（%）"), widget=NUMBER)
    reason = CleanText(label=_("调整理由"), max_length=MAX_TEXT, widget=_area(2))
    version = version_field()

    @classmethod
    def of(cls, row: Milestone, data: Any = None) -> "ChangeForm":
        """The form with the milestone as it stands."""
        names = ("due_on", "title", "percent", "version")
        initial = {name: getattr(row, name) for name in names}
        return cls(data, initial=initial, auto_id="change_%s")

    @property
    def step(self) -> Step:
        """The cleaned values."""
        data = self.cleaned_data
        return Step(data["due_on"], data["title"], data["percent"])


class AskForm(Dressed):
    """Asking for a later date."""

    new_due = Day(label=_("申请时限"), required=True)
    reason = CleanText(
        label=_("延期理由"),
        max_length=MAX_TEXT,
        help_text=_("写明为什么不能按期完成，新的时限如何保证。"),
        widget=_area(5),
    )
    evidence = Files()


class GrantForm(Dressed):
    """Granting, perhaps to another date."""

    due_on = Day(label=_("批准时限"), required=True)
    approving_body = CleanText(label=_("批准机关"), required=False, max_length=MAX_BODY)
    approval_number = CleanText(
        label=_("批准文号"),
        required=False,
        max_length=MAX_BODY,
        help_text=_("如 渝府办发〔2026〕22号。"),
    )
    reason = CleanText(label=_("审批意见"), required=False, max_length=MAX_TEXT, widget=_area(2))
    version = version_field()

    @classmethod
    def of(cls, row: Extension, data: Any = None) -> "GrantForm":
        """The form with the date that was asked for; who approved where that is wanted."""
        form = cls(
            data, initial={"due_on": row.new_due, "version": row.version}, auto_id="grant_%s"
        )
        if row.from_plans:
            form.fields["approving_body"].help_text = _("原时限为方案期限，须填写批准机关和文号。")
        return form

    @property
    def decision(self) -> Grant:
        """The cleaned values."""
        data = self.cleaned_data
        return Grant(**{name: data[name] for name in Grant.__dataclass_fields__})


class RefuseForm(ReasonForm):
    """Refusing a later date."""

    reason = CleanText(
        label=_("不批准的理由"),
        max_length=MAX_TEXT,
        help_text=_("牵头单位会看到；原时限不变。"),
        widget=_area(2),
    )
