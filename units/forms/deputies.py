"""The form of a deputy."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.lib.forms import Day, Dressed
from units.models import Unit, User
from units.services.deputies import DeputyText, people_of


class DeputyForm(Dressed):
    """Who is away, who is told instead, and for which days."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("外出人"))
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label=_("代收人"),
        help_text=_("本单位人员；只代收提醒，办理权限以本人任职为准。"),
    )
    since = Day(label=_("起始日期"), required=True)
    until = Day(label=_("结束日期"), required=True)

    def __init__(self, unit: Unit, today: datetime.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_of(unit, today)
        for name in ("person", "deputy"):
            field: Any = self.fields[name]
            field.queryset = people

    @property
    def text(self) -> DeputyText:
        """The cleaned values."""
        return DeputyText(**self.cleaned_data)
