"""The form of a year's list of days off."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.lib.forms import CleanText, Dressed


class CalendarForm(Dressed):
    """The file, and on what it rests."""

    source = CleanText(
        label=_("依据"),
        max_length=200,
        help_text=_("如《国务院办公厅关于2027年部分节假日安排的通知》的文号。"),
    )
    file = forms.FileField(
        label=_("文件（.xlsx 或 .csv）"),
        help_text=_("每行一天：日期、类型（休或班）、名称；只列放假的日子和调休上班的周末。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
