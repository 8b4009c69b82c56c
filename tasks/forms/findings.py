"""Forms of findings and samples. Rules live in services; a form reads what was typed."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tasks.forms.files import Files
from tasks.models import Finding, Plan, Responsibility
from tasks.services import findings, samples
from tasks.services.findings import ACTS, KIND, MAX_TEXT, Notice
from tasks.states import ENDED_STATES, FindingStepKind
from tracker.lib.forms import CleanText, Day, Dressed
from units.models import Jurisdiction


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-limit": MAX_TEXT})


class Taking(Dressed):
    """A form that shows a service's errors beside the fields that they are about."""

    def take(self, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, messages in error.message_dict.items():
            self.add_error(name if name in self.fields else None, messages)


class IssueForm(Taking):
    """What an inspector asks a unit to put right."""

    problem = CleanText(
        label=_("发现问题"),
        widget=_text(5),
        help_text=_("写明事实和依据，如哪一季度填报与现场核查不符。"),
    )
    demand = CleanText(label=_("整改要求"), widget=_text(4))
    evidence = Files()
    due_on = Day(label=_("整改期限"), required=True)
    proposes_revoking = forms.BooleanField(
        label=_("建议撤销办结"),
        required=False,
        help_text=_("由所属方协调办公室在答复期限前答复；同意的，任务恢复为推进中。"),
    )
    office_due_on = Day(label=_("答复期限"), help_text=_("默认为5个工作日后。"))

    def __init__(self, duty: Responsibility, today: datetime.date, *args: Any, **kw: Any) -> None:
        kw["initial"] = {
            "due_on": findings.default_due(today),
            "office_due_on": findings.default_office_due(today),
            **kw.get("initial", {}),
        }
        super().__init__(*args, **kw)
        if duty.state not in ENDED_STATES:
            del self.fields["proposes_revoking"], self.fields["office_due_on"]

    @property
    def notice(self) -> Notice:
        """The cleaned values."""
        data = self.cleaned_data
        return Notice(
            data["problem"],
            data["demand"],
            data["due_on"],
            data.get("proposes_revoking", False),
            data.get("office_due_on"),
        )


WORDS: dict[FindingStepKind, Any] = {
    KIND.ANSWER: _("整改情况"),
    KIND.CONTEST: _("申辩理由"),
    KIND.UPHOLD: _("复核意见"),
    KIND.WITHDRAW: _("撤销理由"),
    KIND.REJECT: _("退回理由"),
    KIND.CLOSE: _("销号意见"),
    KIND.EXTEND: _("调整理由"),
    KIND.OFFICE: _("答复理由"),
}
# What is on the button that opens the form: something to do, where a step's name says it is done.
BUTTONS: dict[FindingStepKind, Any] = {
    KIND.ANSWER: pgettext_lazy("button", "整改反馈"),
    KIND.CONTEST: pgettext_lazy("button", "申辩"),
    KIND.UPHOLD: pgettext_lazy("button", "复核维持"),
    KIND.WITHDRAW: pgettext_lazy("button", "复核撤销"),
    KIND.REJECT: pgettext_lazy("button", "反馈退回"),
    KIND.CLOSE: pgettext_lazy("button", "销号"),
    KIND.EXTEND: pgettext_lazy("button", "调整整改期限"),
    KIND.OFFICE: pgettext_lazy("button", "答复撤销办结的建议"),
}
AGREES, DECLINES = "yes", "no"


class ActForm(Taking):
    """One step of a finding, in words; `version` is the one that the page was made from."""

    text = CleanText(widget=_text(4))
    due_on = Day(label=_("新的整改期限"))
    agrees = forms.ChoiceField(
        label=_("答复"),
        choices=[(AGREES, _("同意撤销办结")), (DECLINES, _("不同意撤销办结"))],
        widget=forms.Select,
    )
    evidence = Files()
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, kind: FindingStepKind, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{kind.value}_%s")
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["text"].label = WORDS[kind]
        if kind == KIND.OFFICE or not ACTS[kind].takes_date:
            del self.fields["due_on"]
        elif not ACTS[kind].needs_date:
            self.fields["due_on"].help_text = _("不改期限的，留空。")
        else:
            self.fields["due_on"].required = True
        if kind != KIND.OFFICE:
            del self.fields["agrees"]
        for name, field in self.fields.items():
            if not field.widget.is_hidden:
                field.error_messages["required"] = _missing(name, str(field.label))
        self.fields["text"].widget.attrs["data-count"] = f"count-{kind.value}-text"

    @property
    def button(self) -> Any:
        """What is on the button."""
        return BUTTONS[self.kind]

    @classmethod
    def of(cls, kind: FindingStepKind, finding: Finding) -> "ActForm":
        """The form as the page first shows it."""
        return cls(kind, initial={"version": finding.version})


def _missing(name: str, label: str) -> str:
    words = _("请选择%(label)s。") if name == "agrees" else _("请填写%(label)s。")
    return str(words) % {"label": label}


class SampleForm(Taking):
    """How many closed-off sides are drawn, and of what."""

    jurisdiction = forms.ModelChoiceField(
        Jurisdiction.objects.none(), label=_("抽查范围"), to_field_name="code", empty_label=None
    )
    plan = forms.ModelChoiceField(
        Plan.objects.none(),
        label=_("方案"),
        to_field_name="code",
        required=False,
        empty_label=_("全部方案"),
    )
    size = forms.IntegerField(label=_("抽取数量"), min_value=1, max_value=samples.MOST, initial=5)
    note = CleanText(label=_("说明"), required=False, max_length=samples.MAX_NOTE)

    def __init__(self, places: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["jurisdiction"].queryset = places
        fields["plan"].queryset = Plan.objects.tracked()
        fields["plan"].label_from_instance = lambda plan: plan.name


class ResultForm(Taking):
    """What the check of a drawn side found."""

    result = CleanText(label=_("核查结果"), widget=_text(2))
