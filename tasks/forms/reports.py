"""Forms of the web pages. Rules live in services; a form reads what was typed."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from tasks.models import ProgressReport
from tasks.services.entry import FIELDS, HEAD, LIMITS, MAX_TEXT, TEXTS, Entry
from tracker.lib.forms import CleanText, dress
from tracker.lib.text import clean_text

HELP: dict[str, Any] = {
    "no_news": _("勾选后，请在“进展情况”中说明理由。"),
    "progress": _("写本季度做了什么、到了哪一步、有何数据。"),
    "problems": _("没有可不填。"),
    "next_steps": _("写下季度的安排和时间。"),
    "coordination": _("需要协调办公室或其他单位支持的事项，没有可不填。"),
    "coordination_owner": _("希望由哪个单位或领导牵头协调，没有可不填。"),
}
LINES = {"progress": 8, "coordination": 3}
USUAL_LINES = 4


class WholePercent(forms.IntegerField):
    """A whole number; the sentence names what was typed instead."""

    def clean(self, value: Any) -> int | None:
        try:
            number: int | None = super().clean(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(
                _("完成进度应为0至100之间的整数，现为“%(typed)s”。"),
                params={"typed": clean_text(str(value))[:20]},
            ) from error
        return number


class ProgressForm(forms.Form):
    """What a lead fills in for a quarter: the fields of `Entry`, made from the model's.

    Written out are those that the model's would not do for. `version` is the one that the page was
    made from.
    """

    percent = WholePercent(
        label=_("完成进度"),
        required=False,
        help_text=_("填0至100的整数，为自任务开始以来的累计进度。"),
        widget=forms.NumberInput(
            attrs={"min": 0, "max": 100, "step": 1, "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = fields_for_model(
            ProgressReport,
            fields=[name for name in FIELDS if name not in self.fields],
            field_classes=dict.fromkeys(TEXTS, CleanText),
            widgets={name: _lines(name) for name in TEXTS},
            help_texts=HELP,
        )
        self.fields.update(made)
        self.order_fields((*HEAD, *FIELDS))
        dress(self)

    @classmethod
    def of(cls, report: ProgressReport | None) -> "ProgressForm":
        """The form as the page first shows it."""
        if report is None:
            return cls(initial={"version": 0})
        return cls(initial={**asdict(Entry.of(report)), "version": report.version})

    @property
    def entry(self) -> Entry:
        """The cleaned values."""
        return Entry(**{name: self.cleaned_data[name] for name in FIELDS})


def _lines(name: str) -> forms.Widget:
    if LIMITS[name] < MAX_TEXT:
        return forms.TextInput(attrs={"data-limit": LIMITS[name], "autocomplete": "off"})
    rows = LINES.get(name, USUAL_LINES)
    return forms.Textarea(attrs={"rows": rows, "data-limit": MAX_TEXT})


class ReturnForm(forms.Form):
    """Sending a report back. `version` is the one that the reviewer read."""

    reason = CleanText(
        label=_("退回理由"),
        help_text=_("写明要补充或更正什么，填报人会看到。"),
        error_messages={"required": _("请填写退回理由。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
