"""Forms for entering plans. `seen` is the row as the page showed it."""

import re
from typing import Any, Self

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tasks.models import Action, Plan, Task
from tasks.services import editing
from tasks.services.plan_edit import CODE_PATTERN, PlanHead
from tasks.services.plan_quarters import quarters_of
from tasks.services.plan_texts import HIGHEST, ActionText, TaskText
from tracker.lib.forms import CleanText, Day, Dressed
from tracker.lib.text import listed
from units.models import Jurisdiction, Office, Region

RESERVED = ("new",)  # a word of the addresses
REASON_HELP = _("方案启用填报后更正时限，须写明理由；推迟完成时间请按延期办理。")


class Names(CleanText):
    """Several names in one line, as documents write them: 甲、乙."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        return tuple(
            name
            for part in re.split(r"[、，,;；\n]", super().clean(value))
            if (name := part.strip())
        )


class Seen(Dressed):
    """A form of a row that others may change meanwhile."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)


def reason_field() -> CleanText:
    return CleanText(label=_("更正理由"), required=False, max_length=500, help_text=REASON_HELP)


class PlanForm(Seen):
    """A plan's head."""

    title = CleanText(label=_("标题"), max_length=200)
    short_title = CleanText(label=_("简称"), max_length=50, required=False)
    number = CleanText(
        label=_("发文字号"),
        max_length=100,
        required=False,
        help_text=_("如 渝府办发〔2022〕22号。"),
    )
    issuers = Names(label=_("发文机关"), required=False, help_text=_("联合发文的用“、”分隔。"))
    signed_on = Day(label=_("成文日期"))
    printed_on = Day(label=_("印发日期"))
    published_on = Day(label=_("公布日期"))
    starts_on = Day(label=_("实施起"))
    ends_on = Day(label=_("实施止"))
    dates_note = CleanText(label=_("日期说明"), max_length=200, required=False)
    jurisdiction = forms.ModelChoiceField(
        Jurisdiction.objects.all(),
        empty_label=_("无"),
        label=_("辖区"),
        required=False,
        help_text=_("跨辖区的方案可不填。"),
    )
    region = forms.ModelChoiceField(
        Region.objects.all(), label=_("区域"), required=False, empty_label=_("无")
    )
    implements = forms.ModelChoiceField(
        Plan.objects.order_by("pk"),
        label=_("落实的方案"),
        required=False,
        empty_label=_("无"),
    )
    coordinating_body = CleanText(label=_("议事协调机构"), max_length=200, required=False)
    tracked_from = forms.ChoiceField(
        label=_("启用季度"),
        required=False,
        help_text=_("印发后选择；此前季度可补录。"),
    )
    reminders_from = Day(label=_("提醒起始日"), help_text=_("启用时不填则为当天。"))
    reason = reason_field()
    opens = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, plan: Plan, data: Any = None) -> Self:
        """The form of a plan as it stands, or as it was filled in."""
        head = PlanHead.of(plan)
        form = cls(data, initial={**editing.values_of(head), "seen": editing.stamp(head)})
        form.fields["tracked_from"].choices = quarters_of(plan)  # type: ignore[attr-defined]  # a ChoiceField
        form.fields["implements"].queryset = Plan.objects.exclude(pk=plan.pk).order_by("pk")  # type: ignore[attr-defined]  # a ModelChoiceField
        return form

    @property
    def head(self) -> PlanHead:
        """The cleaned values."""
        return PlanHead(**{name: self.cleaned_data[name] for name in PlanHead.__dataclass_fields__})


class WithCode(forms.Form):
    """What begins a plan: its code, and the office that coordinates it."""

    code = forms.RegexField(
        rf"^{CODE_PATTERN}$",
        label=_("代码"),
        max_length=50,
        help_text=_("小写字母、数字和连字符，如 joint-2026；用于地址和接口，以后不改。"),
        error_messages={"invalid": _("代码应为小写字母、数字和连字符，如 joint-2026。")},
    )
    office = forms.ModelChoiceField(Office.objects.none(), label=_("协调办公室"), empty_label=None)

    def offer(self, offices: QuerySet[Office]) -> None:
        """Let the person choose among own offices."""
        field = self.fields["office"]
        field.queryset = offices  # type: ignore[attr-defined]  # a ModelChoiceField
        first = offices.first()
        field.initial = first.pk if first else None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in RESERVED or Plan.objects.filter(code=code).exists():
            raise forms.ValidationError(
                _("代码“%(code)s”已被使用，请换一个。"), params={"code": code}
            )
        return code


class NewPlanForm(WithCode, PlanForm):
    """A plan to begin with: a draft, so neither tracked nor corrected."""

    tracked_from = None  # type: ignore[assignment]  # Django's way to leave a field out
    reminders_from = None  # type: ignore[assignment]
    reason = None  # type: ignore[assignment]
    opens = None  # type: ignore[assignment]
    field_order = ["code", "office"]

    @property
    def head(self) -> PlanHead:
        names = PlanHead.__dataclass_fields__.keys() & self.cleaned_data.keys()
        return PlanHead(**{name: self.cleaned_data[name] for name in names})


class CopyForm(WithCode, Dressed):
    """The next plan, from this one."""

    title = CleanText(label=_("标题"), max_length=200)
    field_order = ["title", "code", "office"]


class SideForm(Dressed):
    """A further office of a plan."""

    office = forms.ModelChoiceField(
        Office.objects.select_related("jurisdiction"),
        label=_("协调办公室"),
        empty_label=_("请选择"),
    )


class Numbered(Seen):
    """A part of a plan with its number."""

    number = forms.IntegerField(
        label=_("序号"),
        min_value=1,
        max_value=HIGHEST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ActionForm(Numbered):
    """An action."""

    numeral = CleanText(
        label=_("文中序号"), max_length=20, required=False, help_text=_("如 （一）。")
    )
    title = CleanText(label=_("标题"), max_length=200)
    clause = CleanText(label=_("条款"), max_length=100, required=False)

    @classmethod
    def of(cls, action: Action, data: Any = None) -> Self:
        """The form of an action as it stands, or as it was filled in."""
        text = ActionText.of(action)
        return cls(data, initial={**editing.values_of(text), "seen": editing.stamp(text)})

    @property
    def text(self) -> ActionText:
        """The cleaned values."""
        return ActionText(
            **{name: self.cleaned_data[name] for name in ActionText.__dataclass_fields__}
        )


class TaskForm(Numbered):
    """A task."""

    action = forms.ModelChoiceField(Action.objects.none(), label=_("行动"), empty_label=None)
    title = CleanText(label=_("任务"), max_length=200)
    summary = CleanText(label=_("概要"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    clause = CleanText(label=_("条款"), max_length=100, required=False)
    due_on = Day(label=_("完成时限"), help_text=_("文中未定时限的不填，按方案期限显示。"))
    implements = forms.ModelMultipleChoiceField(
        Task.objects.none(),
        label=_("落实的任务"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = reason_field()
    field_order = [
        "number",
        "action",
        "title",
        "summary",
        "clause",
        "due_on",
        "implements",
        "reason",
    ]

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = Task.objects.filter(plan=plan.implements_id or 0).order_by("number")
        self.fields["action"].queryset = plan.actions.order_by("number")  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["implements"].queryset = above  # type: ignore[attr-defined]  # likewise
        self.fields["implements"].widget.attrs.pop("class", None)
        if not plan.implements_id:
            del self.fields["implements"]

    @classmethod
    def of(cls, plan: Plan, task: Task, data: Any = None) -> Self:
        """The form of a task as it stands, or as it was filled in."""
        text = TaskText.of(task)
        return cls(plan, data, initial={**editing.values_of(text), "seen": editing.stamp(text)})

    @property
    def text(self) -> TaskText:
        """The cleaned values."""
        values = {
            name: self.cleaned_data[name]
            for name in TaskText.__dataclass_fields__
            if name in self.cleaned_data
        }
        return TaskText(**values | {"implements": tuple(values.get("implements", ()))})


def as_words(field: forms.BoundField, value: Any) -> str:
    """A field's value for people."""
    inner = field.field
    if isinstance(inner, forms.ModelChoiceField) and inner.queryset is not None:
        several = value if isinstance(value, list | tuple) else [value] if value else []
        return listed(inner.queryset.filter(pk__in=[getattr(one, "pk", one) for one in several]))
    if isinstance(inner, forms.BooleanField):
        return str(_("是") if value else _("否"))
    if isinstance(inner, forms.ChoiceField):
        return str(dict(inner.choices).get(value, value or ""))  # type: ignore[arg-type]  # pairs
    prepared = inner.prepare_value(value)
    return "" if prepared is None else str(prepared)
