"""The forms of a schedule: what of which plan, then when, to whom and how."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reports.forms.runs import RunForm
from reports.models.schedules import MAX_DAY, MAX_WORKDAYS
from reports.services.schedules import ScheduleText, Scope, check_scope
from reports.states import BookKey, Cadence, Language, Paper
from tracker.lib.forms import Day, Dressed
from units.models import User


class ScopeForm(RunForm):
    """Which book of which plan, and of which lead unit: what the person may ask for."""

    offers_past = False  # a schedule makes what is to come

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        for later in ("quarter", "paper", "language"):
            del self.fields[later]
        plan = self._choices("plan")
        plan.required, plan.empty_label = True, None

    def clean(self) -> dict[str, Any]:
        """What would never be made is refused here, before anybody is chosen to get it."""
        super().clean()
        if not self.errors:
            check_scope(self.scope)
        return self.cleaned_data

    @property
    def scope(self) -> Scope:
        """The cleaned values."""
        data = self.cleaned_data
        book = data.get("book", BookKey.STATUS.value)
        return Scope(book=book, plan=data["plan"], lead_unit=data["lead_unit"])


class ScheduleForm(Dressed):
    """When it is made, to whom it goes and how.

    The service says what is missing or out of range, all in one go and only of the cadence chosen.
    """

    every = forms.ChoiceField(
        label=_("频次"),
        choices=Cadence.choices,
        help_text=_("以下三项只填与频次对应的一项，其余不起作用。"),
    )
    workdays = forms.IntegerField(
        label=_("每季度：关闭后第几个工作日"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": MAX_WORKDAYS}),
        help_text=_("协调办公室关闭该季度之后起算；0为关闭当天。"),
    )
    day = forms.IntegerField(
        label=_("每月：几日"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "max": MAX_DAY}),
        help_text=_("没有这一天的月份为月末；遇节假日顺延至下一工作日。"),
    )
    on = Day(label=_("指定日期"), help_text=_("遇节假日顺延至下一工作日。"))
    recipients = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("收件人"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只列出有权查看该报表全部内容的人员；发送时再次核对。"),
        error_messages={"invalid_choice": _("所选人员无权查看该报表的全部内容。")},
    )
    attach = forms.BooleanField(
        label=_("作为附件发送（否则只发下载链接）"),
        required=False,
    )
    paper = forms.ChoiceField(label=_("纸张"), choices=Paper.choices, initial=Paper.A4)
    language = forms.ChoiceField(
        label=_("语言"),
        choices=Language.choices,
        initial=Language.CHINESE,
        required=False,
        help_text=_("报表和邮件的语言；填报的内容保持原文。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, readers: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["recipients"]
        people.queryset = readers.order_by("name", "pk")
        people.widget.attrs["class"] = "form-check-input"
        if not settings.REPORT_MAIL_ATTACHMENTS:
            del self.fields["attach"]

    @property
    def text(self) -> ScheduleText:
        """The cleaned values."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        language = data["language"] or Language.CHINESE.value
        return ScheduleText(
            **{**data, "recipients": list(data["recipients"]), "language": language}
        )

    def take(self, error: Any) -> None:
        """Show what the service refused, beside its field where it names one of these."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)
