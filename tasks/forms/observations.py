"""The form of an observation. Rules live in services; a form reads what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.models import Observation, Target
from tasks.services.figure_checks import read_value
from tasks.services.observation_entries import LIMITS, Entry, entry_of, places_of
from tasks.services.spans import FIRST_YEAR, LAST_YEAR, PARTS, part_of_year
from tasks.states import Basis
from tracker.lib.forms import CleanText, Day, dress

DAYS = "days"  # instead of a part of a year: two days


class ObservationForm(forms.Form):
    """What is filled in of a figure. `version` is the one that the page was made from."""

    basis = forms.ChoiceField(
        label=_("口径"),
        choices=Basis.choices,
        help_text=_("年度：全年的值；累计、时点：截至某日；本期：一段时间内；预计：尚未发生。"),
    )
    year = forms.IntegerField(
        label=_("年份"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("年份应为四位数字，如2025。")},
    )
    part = forms.ChoiceField(
        label=_("时段"),
        required=False,
        choices=[*((key, name) for key, (name, *_rest) in PARTS.items()), (DAYS, _("另写起止日"))],
    )
    starts_on = Day(label=_("起日"))
    ends_on = Day(label=_("止日"))
    place = forms.ChoiceField(label=_("地域"))
    value = forms.CharField(
        label=_("监测值"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    category = CleanText(
        label=_("类别"), required=False, help_text=_("不是数值的，填类别，如水质Ⅱ。")
    )
    comparator = CleanText(
        label=_("来源中的修饰词"),
        required=False,
        help_text=_("来源写“超130”“近2100”的，填“超”“近”；没有可不填。"),
    )
    source_words = CleanText(
        label=_("数据来源"),
        required=False,
        help_text=_("写明文件或统计口径，如“市统计局2025年能源统计”。"),
    )
    note = CleanText(label=_("备注"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    confirmed = forms.BooleanField(label=_("已核对，数值无误"), required=False)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, target: Target, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = target
        place: Any = self.fields["place"]
        place.choices = [(name, name) for name in places_of(target)]
        self.fields["note"].widget.attrs["data-limit"] = LIMITS["note"]
        dress(self)

    @classmethod
    def of(
        cls, target: Target, row: Observation | None, *, anew: bool = False
    ) -> "ObservationForm":
        """The form as the page first shows it; `anew` for a correction of `row`."""
        if row is None:
            basis = target.basis or Basis.ANNUAL
            first = {"basis": basis, "year": target.year, "place": target.where, "version": 0}
            return cls(target, initial=first)
        entry = entry_of(row)
        year, part = part_of_year(entry.period) if entry.period else (None, DAYS)
        names = ("basis", "place", "category", "comparator", "note", "starts_on", "ends_on")
        initial = {name: getattr(entry, name) for name in names}
        value = "" if entry.value is None else f"{entry.value.normalize():f}"
        return cls(
            target,
            initial={
                **initial,
                "year": year,
                "part": part,
                "value": value,
                "source_words": "" if anew else entry.source_words,
                "version": 0 if anew else row.version,
            },
        )

    def clean_value(self) -> Any:
        return read_value(self.cleaned_data["value"], self.target.indicator.measure)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("part") != DAYS and data.get("year") is None and "year" not in self.errors:
            self.add_error("year", _("请填写年份，或在“时段”中选“另写起止日”。"))
        return data

    @property
    def entry(self) -> Entry:
        """The cleaned values."""
        data = self.cleaned_data
        by_days = data["part"] == DAYS
        names = ("category", "comparator", "basis", "place", "source_words", "note")
        return Entry(
            value=data["value"],
            period="" if by_days else f"{data['year']}{data['part']}",
            starts_on=data["starts_on"] if by_days else None,
            ends_on=data["ends_on"] if by_days else None,
            **{name: data[name] for name in names},
        )

    def take(self, error: Any) -> None:
        """Show a service's errors beside the fields that they are about."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, messages in error.message_dict.items():
            field = {"period": "year"}.get(name, name)
            self.add_error(field if field in self.fields else None, messages)
