"""Forms of 机构变动."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.lib.forms import CleanText, Day, dress
from tracker.lib.text import clean_text, whole_number
from units.models import Unit
from units.services.names import UnitIndex, UnitNameError
from units.services.succession_rules import MAX_BASIS, MAX_NAME, SuccessionText
from units.states import SuccessionKind

BETWEEN = re.compile(r"[、，,；;\n]+")
MOST_UNITS = 20
DUTY = "duty-"


class NamesField(CleanText):
    """Units by any of their names, several with 、 or a line each."""

    def clean(self, value: Any) -> list[Unit]:
        """Return the units; ValidationError says which name leads nowhere."""
        names = [name.strip() for name in BETWEEN.split(super().clean(value)) if name.strip()]
        if len(names) > MOST_UNITS:
            raise ValidationError(_("最多写%(most)d个单位。"), params={"most": MOST_UNITS})
        index = UnitIndex.load() if names else None
        found: list[Unit] = []
        for name in names:
            try:
                unit = index.find(name[:100]) if index else None
            except UnitNameError as error:
                raise ValidationError("%(why)s", params={"why": str(error)}) from error
            if unit is not None and unit not in found:
                found.append(unit)
        return found


class SuccessionForm(forms.Form):
    """What happens to a unit, from which day, and on what it rests."""

    kind = forms.ChoiceField(label=_("方式"), choices=SuccessionKind.choices)
    day = Day(
        label=_("生效日期"),
        required=True,
        help_text=_("自这一天起由新名称或承接单位负责；可以是已过去的日期（补登记）。"),
    )
    new_name = CleanText(
        label=_("新名称"), max_length=MAX_NAME, required=False, help_text=_("只有更名填写。")
    )
    new = NamesField(
        label=_("承接单位"),
        max_length=2000,
        required=False,
        help_text=_("合并、拆分、撤销填写；几个单位用“、”隔开。还没有的单位请先登记。"),
    )
    others = NamesField(
        label=_("一并并入的其他单位"),
        max_length=2000,
        required=False,
        help_text=_("只有合并填写，可不填。"),
    )
    basis = CleanText(
        label=_("依据"), max_length=MAX_BASIS, help_text=_("如机构改革方案、批复文号。")
    )

    def __init__(self, unit: Unit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        dress(self)

    @property
    def text(self) -> SuccessionText:
        """The cleaned values, with what was chosen for single duties."""
        values = self.cleaned_data
        return SuccessionText(
            kind=values["kind"],
            day=values["day"],
            old=[self.unit, *(u for u in values["others"] if u != self.unit)],
            new=values["new"],
            new_name=values["new_name"],
            basis=values["basis"],
            duties=self._duties(),
        )

    def _duties(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for name, value in self.data.items():
            if not name.startswith(DUTY):
                continue
            duty, heir = whole_number(name.removeprefix(DUTY)), whole_number(str(value))
            if duty is not None and heir is not None:
                found[duty] = heir
        return found


class CancelForm(forms.Form):
    """Why a change does not come."""

    reason = CleanText(label=_("取消的理由"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    @property
    def words(self) -> str:
        """The cleaned reason."""
        return clean_text(self.cleaned_data["reason"])
