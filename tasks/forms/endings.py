"""Forms of 办结与销号 and 终期评估. Rules live in services; a form reads what was typed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.forms.files import Files
from tasks.models import Responsibility, Task
from tasks.services.assessments import Judgement, Row
from tasks.services.ending_rules import MAX_TEXT, Claim, found_tasks, later_tasks
from tasks.states import EndingKind, Outcome
from tracker.lib.forms import CleanText, Dressed
from tracker.lib.search import words_of


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-limit": MAX_TEXT})


class ClaimForm(Dressed):
    """How a side ends, and why; `find` looks for the task into which it is carried."""

    kind = forms.ChoiceField(label=_("申请事项"))
    reason = CleanText(
        label=_("完成情况或理由"),
        required=False,
        help_text=_("办结的写做成了什么、成果在哪里；其他的写明理由。"),
        widget=_area(6),
    )
    shortfall = CleanText(
        label=_("未达100%的说明"),
        required=False,
        help_text=_("申请办结而已审核的完成进度未达100%的，说明为什么可以办结；其他不填。"),
        widget=_area(3),
    )
    evidence = Files()
    words = CleanText(
        label=_("结转到后续方案的任务"),
        required=False,
        max_length=100,
        help_text=_("申请结转的填：输入任务或方案名称中的词，查找后选择。"),
    )
    carried_to = forms.ModelChoiceField(
        label=_("结转至"), queryset=Task.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, side: Responsibility, kinds: Sequence[EndingKind], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.side = side
        kind: Any = self.fields["kind"]
        kind.choices = [(one.value, one.label) for one in kinds]
        if EndingKind.COMPLETED not in kinds:
            del self.fields["shortfall"]
        if EndingKind.CARRIED in kinds:
            carried: Any = self.fields["carried_to"]
            carried.queryset = later_tasks(side)
            carried.error_messages["invalid_choice"] = _("该任务不能选：请重新查找后选择。")
        else:
            del self.fields["words"], self.fields["carried_to"]

    @property
    def found(self) -> list[Task]:
        """What the words find, the chosen one first."""
        if "words" not in self.fields:
            return []
        words = words_of(self["words"].value() or "")
        rows = found_tasks(self.side, words)
        chosen = self.cleaned_data.get("carried_to") if hasattr(self, "cleaned_data") else None
        return [chosen, *(row for row in rows if row != chosen)] if chosen else rows

    @property
    def entry(self) -> Claim:
        """The cleaned values."""
        data = self.cleaned_data
        return Claim(
            kind=EndingKind(data["kind"]),
            reason=data["reason"],
            shortfall=data.get("shortfall", ""),
            carried_to=data.get("carried_to"),
        )

    def take(self, error: Any) -> None:
        """Show a service's errors beside the fields that they are about."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, messages in error.message_dict.items():
            field = {"carried_to": "words"}.get(name, name)
            self.add_error(field if field in self.fields else None, messages)


class AcceptForm(Dressed):
    """Confirming a claim; `version` is the one that was read."""

    reason = CleanText(label=_("核定意见"), required=False, max_length=MAX_TEXT, widget=_area(2))
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RefuseForm(AcceptForm):
    """Sending a claim back."""

    reason = CleanText(
        label=_("退回理由"),
        max_length=MAX_TEXT,
        help_text=_("写明还差什么，牵头单位会看到。"),
        error_messages={"required": _("请填写退回理由。")},
        widget=_area(3),
    )


class WithdrawForm(Dressed):
    """Taking a claim back."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RevokeForm(AcceptForm):
    """Opening a side again that had ended."""

    reason = CleanText(
        label=_("撤销理由"),
        max_length=MAX_TEXT,
        help_text=_("写明为什么重新办理；该任务恢复为推进中，继续填报。"),
        error_messages={"required": _("请填写撤销理由。")},
        widget=_area(3),
    )


class AssessmentForm(Dressed):
    """One side's line in 终期评估; `version` is the one that the page was made from."""

    outcome = forms.ChoiceField(
        label=_("评估结论"), required=False, choices=[("", _("未评估")), *Outcome.choices]
    )
    reason = CleanText(label=_("评估说明"), required=False, widget=forms.Textarea({"rows": 2}))
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, row: Row, sent: Any = None) -> "AssessmentForm":
        """A line as it stands, or with what was typed."""
        known = row.assessment
        first = {
            "outcome": known.outcome if known else "",
            "reason": known.reason if known else "",
            "version": row.version,
        }
        return cls(sent, prefix=f"side-{row.side.pk}", initial=first)

    @property
    def is_changed(self) -> bool:
        """Something else was typed than stands there; a line that was not sent stays."""
        sent = self.add_prefix("outcome") in self.data
        return sent and bool({"outcome", "reason"} & set(self.changed_data))

    @property
    def judgement(self) -> Judgement:
        """The cleaned values."""
        data = self.cleaned_data
        return Judgement(data["outcome"], data["reason"], data["version"] or 0)

    def take(self, error: Any) -> None:
        """Show a service's errors beside the fields that they are about."""
        if hasattr(error, "error_dict"):
            for name, messages in error.message_dict.items():
                self.add_error(name, messages)
        else:
            self.add_error("outcome", error)
