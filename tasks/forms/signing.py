"""Forms of 审签, 代填 and 配合情况. Rules live in services; a form reads what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.forms.files import Files
from tasks.forms.reports import ProgressForm
from tasks.models import Contribution, ProgressReport
from tasks.services.entry import MAX_TEXT
from tasks.services.proxy import MAX_REASON
from tasks.services.signing import MAX_REMARK
from tracker.lib.forms import CleanText, Dressed, dress
from tracker.lib.uploads import ACCEPT


def _version() -> forms.IntegerField:
    return forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class VersionForm(Dressed):
    """An act that asks for nothing; `version` is the one that was read."""

    version = _version()


class RefuseForm(VersionForm):
    """The signer sends a report back."""

    reason = CleanText(
        label=_("退回意见"),
        max_length=MAX_REMARK,
        help_text=_("写明要改什么，填报人会看到。"),
        error_messages={"required": _("请填写退回意见。")},
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": MAX_REMARK}),
    )


class PaperForm(VersionForm):
    """The scan of the signed 审签单, with the code that is printed on it."""

    code = CleanText(
        label=_("版本码"),
        max_length=20,
        help_text=_("印在审签单右上角，如 3F2A-91C4；内容改动后须重新打印、签字。"),
        error_messages={"required": _("请填写审签单上的版本码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    evidence = forms.FileField(
        label=_("审签单扫描件"),
        help_text=_("PDF或图片。"),
        error_messages={"required": _("请选择审签单扫描件。")},
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )


class AddFilesForm(VersionForm):
    """Files for what was signed, which is then signed again."""

    evidence = Files()


class ProxyForm(ProgressForm):
    """A report that an office enters for a unit, with the reason."""

    reason = CleanText(
        label=_("代填原因和依据"),
        max_length=MAX_REASON,
        help_text=_(
            "写明该单位为何不能自行填报、内容依据什么（如来函文号）；审核时和该单位都会看到。"
        ),
        error_messages={"required": _("请写明代填的原因和依据。")},
        widget=forms.Textarea(attrs={"rows": 2, "data-limit": MAX_REASON}),
    )
    evidence = Files()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["reason"])
        dress(self)

    @classmethod
    def of_report(cls, report: ProgressReport | None) -> "ProxyForm":
        """The form as the page first shows it: what was sent back stands in it."""
        return cls(initial=ProgressForm.of(report).initial)


class ContributionForm(Dressed):
    """What a cooperating unit tells the lead."""

    text = CleanText(
        label=_("配合情况"),
        required=False,
        help_text=_("写本单位本季度配合做了什么、有何数据和问题；牵头单位据此汇总。"),
        widget=forms.Textarea(attrs={"rows": 8, "data-limit": MAX_TEXT}),
    )
    evidence = Files()
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, row: Contribution | None) -> "ContributionForm":
        """The form as the page first shows it."""
        if row is None:
            return cls(initial={"version": 0})
        return cls(initial={"text": row.text, "version": row.version})


class SendBackForm(VersionForm):
    """The lead sends a part back."""

    reason = CleanText(
        label=_("退回理由"),
        max_length=MAX_TEXT,
        error_messages={"required": _("请填写退回理由。")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
