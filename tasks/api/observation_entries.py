"""What is read from and written into observations."""

from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks import policy
from tasks.api.figures import IndicatorSerializer
from tasks.api.reviewing import FiledSerializer, tells
from tasks.models import Observation, Target
from tasks.services.figure_checks import read_value
from tasks.services.observation_entries import LIMITS, Entry
from tasks.states import Basis
from tracker.lib.api.fields import ByNumber, CleanText, Shown, StrictSerializer

MAX_REASON = 4000
MAX_TYPED = 40


def _no_row(what: Any) -> dict[str, Any]:
    return {"does_not_exist": what, "incorrect_type": _("编号应为整数。")}


class ObservationSerializer(FiledSerializer[Observation]):
    """A measured value or class, with the span it speaks of.

    Who entered it, its version and why it was returned stand only where they may be read.
    """

    way = ("version", "return_reason", "filled_by", "submitted_by", "submitted_at", "reviewed_by")

    indicator = IndicatorSerializer(read_only=True)
    place = Shown(allow_null=True)
    document = Shown(allow_null=True)
    unit = Shown("name", allow_null=True)
    office = Shown("name", allow_null=True)
    side = Shown(allow_null=True)
    figure = serializers.CharField(read_only=True, help_text=_("带计量单位的值，或类别"))
    filled_by = serializers.CharField(allow_null=True, required=False)
    submitted_by = serializers.CharField(allow_null=True, required=False)
    submitted_at = serializers.DateTimeField(allow_null=True, required=False)
    reviewed_by = serializers.CharField(allow_null=True, required=False)
    version = serializers.IntegerField(required=False)
    return_reason = serializers.CharField(required=False)

    class Meta:
        model = Observation
        fields = [
            "id",
            "indicator",
            "target",
            "value",
            "category",
            "comparator",
            "figure",
            "basis",
            "period_text",
            "starts_on",
            "ends_on",
            "place",
            "place_name",
            "document",
            "clause",
            "source_words",
            "note",
            "state",
            "unit",
            "office",
            "side",
            "supersedes",
            "version",
            "filled_by",
            "submitted_by",
            "submitted_at",
            "reviewed_by",
            "return_reason",
        ]
        read_only_fields = fields

    def tells_way(self, user: policy.Person, row: Observation) -> bool:
        return row.is_entered and tells(user, "observation.reason", row)


@extend_schema_field({"oneOf": [{"type": "string", "maxLength": MAX_TYPED}, {"type": "number"}]})
class Typed(serializers.Field[Any, Any, Any, Any]):
    """A figure as a number or as text: 98.6, "８０％". Read with the target's measure later."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; a boolean or a structure is no figure."""
        good = isinstance(data, str | int | float) and not isinstance(data, bool)
        if not good or len(str(data)) > MAX_TYPED:
            raise serializers.ValidationError(_("监测值应为数值，如98.6。"))
        return str(data)

    def to_representation(self, value: Any) -> str:
        return str(value)


def _text(name: str, label: Any) -> CleanText:
    return CleanText(label=label, required=False, allow_blank=True, max_length=LIMITS[name])


class ChangedObservation(StrictSerializer):
    """What is filled in of a figure; what is not given stays."""

    value = Typed(label=_("监测值"), required=False, allow_null=True)
    category = _text("category", _("类别"))
    comparator = _text("comparator", _("来源中的修饰词"))
    basis = serializers.ChoiceField(Basis.choices, label=_("口径"), required=False)
    period = CleanText(
        label=_("时段"),
        required=False,
        allow_blank=True,
        max_length=30,
        help_text=_("如 2025、2025H1、2025Q2、2025Q1-Q3；另写起止日的，留空"),
    )
    starts_on = serializers.DateField(label=_("起日"), required=False, allow_null=True)
    ends_on = serializers.DateField(label=_("止日"), required=False, allow_null=True)
    place = CleanText(
        label=_("地域"),
        required=False,
        allow_blank=True,
        max_length=100,
        help_text=_("地域名称；不填为目标的地域"),
    )
    source_words = _text("source_words", _("数据来源"))
    note = _text("note", _("备注"))


class NewObservation(ChangedObservation):
    """A figure of a target to begin with; `supersedes` names the one that it corrects."""

    target = ByNumber(
        label=_("目标"),
        queryset=Target.objects.select_related(
            "indicator", "place", "unit__jurisdiction", "plan__jurisdiction", "plan__region"
        ),
        error_messages=_no_row(_("没有编号为{pk_value}的目标。")),
    )
    supersedes = ByNumber(
        label=_("所更正的监测值"),
        queryset=Observation.objects.select_related("indicator"),
        required=False,
        allow_null=True,
        error_messages=_no_row(_("没有编号为{pk_value}的监测值。")),
    )


class HandingIn(StrictSerializer):
    """Handing in; `confirmed` where the figure is out of the ordinary and right."""

    confirmed = serializers.BooleanField(label=_("已核对，数值无误"), required=False)


class SendingBack(StrictSerializer):
    """Why a figure is sent back."""

    reason = CleanText(label=_("退回理由"), max_length=MAX_REASON)


def entry_from(values: dict[str, Any], target: Target, now: Entry) -> Entry:
    """The given values over those of `now`; a figure is read with the target's measure."""
    given = {name: values[name] for name in Entry.__dataclass_fields__ if name in values}
    if given.get("value") is not None:
        try:
            given["value"] = read_value(given["value"], target.indicator.measure)
        except ModelError as error:
            raise serializers.ValidationError({"value": error.messages}) from error
    if {"starts_on", "ends_on"} & set(given) and "period" not in given:
        given["period"] = ""
    if given.get("period"):
        given = {"starts_on": None, "ends_on": None, **given}
    base = {name: getattr(now, name) for name in Entry.__dataclass_fields__}
    return Entry(**{**base, **given})
