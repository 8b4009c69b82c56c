"""What is read from and written into progress reports."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tasks import policy
from tasks.api.parts import TaskRef, side_code
from tasks.api.reviewing import FiledSerializer, tells
from tasks.models import ProgressReport, Task
from tasks.services import checks
from tasks.services.entry import FIELDS, MAX_TEXT, Entry
from tasks.services.proxy import MAX_REASON
from tracker.lib.api.fields import ByNumber, CleanText, StrictSerializer

WRONG_PERCENT = _("完成进度应为0至100之间的整数。")
TOO_LONG = _("文字最多{max_length}字，请精简。")
WRONG_TASK: dict[str, Any] = {
    "does_not_exist": _("没有编号为{pk_value}的任务。"),
    "incorrect_type": _("任务编号应为整数。"),
}


class FlagSerializer(serializers.Serializer[Any]):
    """What was noticed at submission: a code to sort by, a sentence to read."""

    code = serializers.ChoiceField([(code, code) for code in checks.SENTENCES])
    sentence = serializers.CharField()


def flags_as_dicts(flags: list[checks.Flag]) -> list[dict[str, Any]]:
    """What `FlagSerializer` describes."""
    return [{"code": one.code, "sentence": one.sentence} for one in checks.told(flags)]


class FlagsField(serializers.ListField):
    """What `ProgressReport.flags` holds, as `FlagSerializer` describes it."""

    child = FlagSerializer()

    def to_representation(self, data: list[checks.Flag]) -> list[dict[str, Any]]:
        return flags_as_dicts(data)


class ReportSerializer(FiledSerializer[ProgressReport]):
    """A quarter's report of one side of a task.

    What is in `way` stands only where it may be read.
    """

    way = (
        "version",
        "return_reason",
        "flags",
        "sign_asked_at",
        "sign_remark",
        "entered_reason",
        "unanswered",
    )

    task = TaskRef(source="responsibility.task", read_only=True)
    side = serializers.SerializerMethodField()
    unit = serializers.CharField(source="responsibility.unit.name", read_only=True)
    period = serializers.CharField(source="period.code", read_only=True)
    filled_by = serializers.StringRelatedField[Any](allow_null=True)
    submitted_by = serializers.StringRelatedField[Any](allow_null=True)
    reviewed_by = serializers.StringRelatedField[Any](allow_null=True)
    version = serializers.IntegerField(required=False)
    return_reason = serializers.CharField(required=False)
    signed_by = serializers.StringRelatedField[Any](allow_null=True)
    sign_asked_at = serializers.DateTimeField(required=False, allow_null=True)
    sign_remark = serializers.CharField(required=False)
    entered_reason = serializers.CharField(required=False)
    unanswered = serializers.ListField(child=serializers.CharField(), required=False)
    flags = FlagsField(required=False)
    answered_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = ProgressReport
        fields = [
            "id",
            "task",
            "side",
            "unit",
            "period",
            "kind",
            "state",
            *FIELDS,
            "version",
            "filled_by",
            "sign_asked_at",
            "sign_remark",
            "signed_by",
            "signed_at",
            "signed_on_paper",
            "entered_by_office",
            "entered_reason",
            "unanswered",
            "submitted_by",
            "submitted_at",
            "reviewed_by",
            "reviewed_at",
            "return_reason",
            "own_office_review",
            "flags",
            "coordination_answer",
            "answered_by",
            "answered_at",
            "redo_by",
            "updated_at",
        ]
        read_only_fields = fields

    def get_side(self, report: ProgressReport) -> str:
        return side_code(report.responsibility)

    def tells_way(self, user: policy.Person, row: ProgressReport) -> bool:
        return tells(user, "reason.view", row)


class EntryText(CleanText):
    """A text of a report."""

    def __init__(self, **kwargs: Any) -> None:
        limits: dict[str, Any] = {
            "max_length": MAX_TEXT,
            "error_messages": {"max_length": TOO_LONG},
        }
        super().__init__(**limits, **kwargs)


class WholeEntry(StrictSerializer, serializers.ModelSerializer[ProgressReport]):
    """What an officer fills in; `submit` hands it in to the side's office."""

    percent = serializers.IntegerField(
        label=_("完成进度"),
        required=False,
        allow_null=True,
        min_value=0,
        max_value=100,
        error_messages={
            "invalid": WRONG_PERCENT,
            "min_value": WRONG_PERCENT,
            "max_value": WRONG_PERCENT,
            "max_string_length": WRONG_PERCENT,
        },
    )
    submit = serializers.BooleanField(label=_("报送"), required=False)
    on_behalf = CleanText(
        label=_("代填原因和依据"),
        required=False,
        max_length=MAX_REASON,
        help_text=_("协调办公室代单位填报时必填，填后即报送；单位自行填报的不填"),
    )
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.TextField: EntryText,
    }

    class Meta:
        model = ProgressReport
        fields: tuple[str, ...] = (*FIELDS, "submit", "on_behalf")


class ChangedEntry(WholeEntry):
    """As `WholeEntry`; what is not given stays."""


class NewEntry(WholeEntry):
    """A quarter's report to begin with."""

    task = ByNumber(
        label=_("任务"),
        queryset=Task.objects.select_related("plan"),
        error_messages=WRONG_TASK,
    )
    side = serializers.CharField(
        label=_("所属方"),
        required=False,
        max_length=20,
        help_text=_("行政区划代码；只牵头一方时可不填"),
    )
    period = serializers.CharField(label=_("季度"), max_length=20, help_text=_("如 2026Q3"))

    class Meta(WholeEntry.Meta):
        fields = (*WholeEntry.Meta.fields, "task", "side", "period")


class Answering(StrictSerializer):
    """What the office says to what the unit asks to be coordinated."""

    answer = CleanText(label=_("协调答复"), max_length=MAX_TEXT)


class Returning(StrictSerializer):
    """Why a report is sent back."""

    reason = CleanText(label=_("退回理由"), max_length=MAX_TEXT)


def entry_of(values: dict[str, Any]) -> Entry:
    """The values as the services take them; what is missing is empty."""
    return Entry(**{name: values[name] for name in FIELDS if name in values})
