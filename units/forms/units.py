"""Forms of units and their names."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.lib.forms import Day, dress
from units.models import Jurisdiction, User
from units.services.units import NameText, UnitText, places_of
from units.states import NameKind, UnitKind

# A collective stands for members, which only a document names.
KINDS = [(kind.value, kind.label) for kind in UnitKind if kind != UnitKind.COLLECTIVE]


class UnitForm(forms.Form):
    """A unit that no document has named yet."""

    name = forms.CharField(
        label=_("单位名称"),
        max_length=100,
        help_text=_("写明所在地全称，如“重庆市能源局”“江津区财政局”。"),
    )
    kind = forms.ChoiceField(label=_("性质"), choices=KINDS)
    place = forms.ModelChoiceField(
        Jurisdiction.objects.none(),
        label=_("所在辖区"),
        required=False,
        empty_label=_("中央单位，不属任何辖区"),
        to_field_name="code",
    )
    full = forms.CharField(label=_("全称"), max_length=100, required=False)
    short = forms.CharField(
        label=_("简称"),
        max_length=100,
        required=False,
        help_text=_("文件中的写法，如“市能源局”。"),
    )
    basis = forms.CharField(
        label=_("依据"), max_length=200, required=False, help_text=_("如机构改革方案、印章名称。")
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        place.queryset = places_of(user)
        first = place.queryset.first()
        place.initial = first.code if first else None
        dress(self)

    @property
    def text(self) -> UnitText:
        """The cleaned values."""
        return UnitText(**self.cleaned_data)


class NameForm(forms.Form):
    """A further name, and when it holds."""

    name = forms.CharField(label=_("名称"), max_length=100)
    kind = forms.ChoiceField(label=_("类型"), choices=NameKind.choices)
    valid_from = Day(label=_("起用日期"))
    valid_until = Day(label=_("停用日期"))
    basis = forms.CharField(label=_("依据说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    @property
    def text(self) -> NameText:
        """The cleaned values."""
        return NameText(**self.cleaned_data)


class NameDatesForm(forms.Form):
    """When a name holds."""

    valid_from = Day(label=_("起用日期"))
    valid_until = Day(label=_("停用日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
