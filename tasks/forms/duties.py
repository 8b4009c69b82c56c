"""Forms of responsibilities and of handing them out."""

import datetime
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.forms.plans import Seen, reason_field
from tasks.models import Responsibility, Task
from tasks.services import editing
from tasks.services.assignments import MAX_NOTE
from tasks.services.duties import DutyText
from tasks.states import Role
from tracker.lib.forms import CleanText, Day, Dressed
from units.models import Jurisdiction, Unit
from units.services.names import UnitIndex, UnitNameError


class UnitName(CleanText):
    """A unit by any of its names; the form finds it when the side is known."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=100, **kwargs)


def _side_choice(sides: list[Jurisdiction]) -> "forms.ModelChoiceField[Jurisdiction]":
    field = forms.ModelChoiceField(
        Jurisdiction.objects.filter(pk__in=[side.pk for side in sides]),
        label=_("所属方"),
        required=False,
        empty_label=_("不属任何一方（中央单位）"),
        initial=sides[0].pk if sides else None,
    )
    field.widget.attrs["class"] = "form-select"
    return field


class DutyForm(Seen):
    """A unit's part in a task."""

    unit = UnitName(label=_("单位"), help_text=_("可写全称、简称或曾用名。"))
    role = forms.ChoiceField(choices=Role.choices, label=_("角色"))
    written = CleanText(
        label=_("文中写法"), max_length=100, required=False, help_text=_("不填则与单位名称相同。")
    )
    note = CleanText(label=_("备注"), max_length=200, required=False)
    due_on = Day(
        label=_("核定时限"), help_text=_("只对牵头单位：本方单独核定的时限，不填则同任务时限。")
    )
    reason = reason_field()
    field_order = ["unit", "role", "side", "written", "note", "due_on", "reason"]

    def __init__(self, task: Task, sides: list[Jurisdiction], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        self.fields["side"] = _side_choice(sides)
        self.order_fields(self.field_order)

    @classmethod
    def of(cls, duty: Responsibility, sides: list[Jurisdiction], data: Any = None) -> Self:
        """The form of a responsibility as it stands, or as it was filled in."""
        text = DutyText.of(duty)
        initial = editing.values_of(text) | {
            "unit": duty.unit.name,
            "side": duty.side_id,
            "seen": editing.stamp(text),
        }
        return cls(duty.task, sides, data, initial=initial)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.found: Unit | None = None
        if "unit" in data:
            within = data.get("side") or self.task.plan.jurisdiction
            try:
                self.found = UnitIndex.load().find(data["unit"], within=within)
            except UnitNameError as error:
                self.add_error("unit", str(error))
        return data

    @property
    def text(self) -> DutyText:
        """The cleaned values."""
        own = DutyText.__dataclass_fields__.keys() - {"unit"}
        if self.found is None:
            raise ValueError("unit")
        return DutyText(unit=self.found, **{name: self.cleaned_data[name] for name in own})


class DutyListForm(Dressed):
    """Several units at once, as a document lists them."""

    names = CleanText(
        label=_("单位名单"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        help_text=_(
            "按文中写法粘贴，用“、”分隔；可写“市能源局牵头，市发展改革委、市经济信息委配合”"
            "或“牵头单位：…；配合单位：…”。"
        ),
    )
    role = forms.ChoiceField(
        choices=[(Role.COOPERATING, Role.COOPERATING.label), (Role.LEAD, Role.LEAD.label)],
        label=_("未注明的列为"),
    )

    def __init__(self, sides: list[Jurisdiction], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"] = _side_choice(sides)
        self.fields["side"].help_text = _("中央单位列为配合的，不计入任何一方。")


class HandOutForm(Dressed):
    """交办: what is asked, and by when to sign."""

    note = CleanText(
        label=_("交办要求"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sign_by = Day(label=_("签收期限"), required=True)

    @classmethod
    def on(cls, sign_by: datetime.date, data: Any = None) -> Self:
        """The form with the day that is proposed."""
        return cls(data, initial={"sign_by": sign_by})
