"""Forms of the web pages. Rules live in services; a form reads what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.models import ProgressReport
from tasks.services.progress import MAX_TEXT, TEXTS, Entry
from tracker.lib.forms import CleanText, dress
from tracker.lib.text import clean_text

ROWS = {"progress": 8, "problems": 4, "next_steps": 4, "coordination": 3}


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
    """What a lead fills in for a quarter. `version` is the one that the page was made from."""

    percent = WholePercent(
        label=_("完成进度"),
        required=False,
        help_text=_("填0至100的整数，为自任务开始以来的累计进度。"),
        widget=forms.NumberInput(
            attrs={"min": 0, "max": 100, "step": 1, "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    no_news = forms.BooleanField(
        label=_("本季度无新进展"),
        required=False,
        help_text=_("勾选后，请在“进展情况”中说明理由。"),
    )
    progress = CleanText(
        label=_("进展情况"),
        required=False,
        help_text=_("写本季度做了什么、到了哪一步、有何数据。"),
    )
    problems = CleanText(label=_("存在问题"), required=False, help_text=_("没有可不填。"))
    next_steps = CleanText(
        label=_("下一步工作"), required=False, help_text=_("写下季度的安排和时间。")
    )
    coordination = CleanText(
        label=_("需协调事项"),
        required=False,
        help_text=_("需要协调办公室或其他单位支持的事项，没有可不填。"),
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TEXTS:
            self.fields[name].widget = forms.Textarea(
                attrs={"rows": ROWS[name], "data-limit": MAX_TEXT}
            )
        dress(self)

    @classmethod
    def of(cls, report: ProgressReport | None) -> "ProgressForm":
        """The form as the page first shows it."""
        if report is None:
            return cls(initial={"version": 0})
        names = ("percent", "no_news", *TEXTS, "version")
        return cls(initial={name: getattr(report, name) for name in names})

    @property
    def entry(self) -> Entry:
        """The cleaned values."""
        data = self.cleaned_data
        return Entry(
            percent=data["percent"],
            no_news=data["no_news"],
            **{name: data[name] for name in TEXTS},
        )


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
