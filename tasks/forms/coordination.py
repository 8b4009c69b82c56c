"""The office's answer to what a unit asks to be coordinated."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.models import ProgressReport
from tasks.services.entry import MAX_TEXT
from tracker.lib.forms import CleanText, dress


class AnswerForm(forms.Form):
    """`version` is the one that was read."""

    answer = CleanText(
        label=_("协调答复"),
        help_text=_("写明由谁协调、何时、如何办理，填报单位会看到。"),
        error_messages={"required": _("请填写协调答复。")},
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": MAX_TEXT}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "answer_%s")
        super().__init__(*args, **kwargs)
        dress(self)

    @classmethod
    def of(cls, report: ProgressReport) -> "AnswerForm":
        """The form as the page first shows it."""
        return cls(initial={"answer": report.coordination_answer, "version": report.version})
