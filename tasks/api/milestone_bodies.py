"""What is read from and written into milestones."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tasks import policy
from tasks.api.parts import TaskRef
from tasks.models import Milestone, Responsibility
from tasks.services.milestone_rules import MAX_TEXT, MAX_TITLE, WHOLE
from tracker.lib.api.fields import ByNumber, CleanText, Shown, StrictSerializer

MOST_DECIDED = 200
# Left out for who reads the schedule alone.
WAY = (
    "change_reason",
    "proposed_by",
    "proposed_at",
    "decided_by",
    "decided_at",
    "decision_note",
    "own_office_review",
    "claimed_by",
    "claimed_at",
    "result",
)


class MilestoneSerializer(serializers.ModelSerializer[Milestone]):
    """A dated step of one side of a task.

    Who, why and with what result stand only where they may be read.
    """

    task = TaskRef(source="responsibility.task", read_only=True)
    unit = Shown("name", source="responsibility.unit")
    side = Shown(source="responsibility.side", allow_null=True)
    change_reason = serializers.CharField(required=False)
    proposed_by = serializers.CharField(required=False, allow_null=True)
    proposed_at = serializers.DateTimeField(required=False, allow_null=True)
    decided_by = serializers.CharField(required=False, allow_null=True)
    decided_at = serializers.DateTimeField(required=False, allow_null=True)
    decision_note = serializers.CharField(required=False)
    own_office_review = serializers.BooleanField(required=False, help_text=_("本单位审核"))
    claimed_by = serializers.CharField(required=False, allow_null=True)
    claimed_at = serializers.DateTimeField(required=False, allow_null=True)
    result = serializers.CharField(required=False)

    class Meta:
        model = Milestone
        fields = [
            "id",
            "responsibility",
            "task",
            "unit",
            "side",
            "due_on",
            "title",
            "percent",
            "state",
            "version",
            "replaces",
            "met_on",
            *WAY,
        ]
        read_only_fields = fields

    def to_representation(self, row: Milestone) -> dict[str, Any]:
        """The row as the person may read it."""
        shown: dict[str, Any] = super().to_representation(row)
        known = getattr(row, "way_is_told", None)
        user = self.context["request"].user
        if not (policy.can(user, "milestone.way", row) if known is None else known):
            for name in WAY:
                del shown[name]
        return shown


def _side() -> ByNumber:
    return ByNumber(
        label=_("责任"),
        queryset=Responsibility.objects.select_related("task__plan", "unit", "side"),
        help_text=_("牵头责任的编号，见 /responsibilities/"),
        error_messages={
            "does_not_exist": _("没有编号为{pk_value}的责任。"),
            "incorrect_type": _("编号应为整数。"),
        },
    )


class ChangedMilestone(StrictSerializer):
    """What is filled in of a milestone; what is not given stays."""

    due_on = serializers.DateField(label=_("节点日期"), required=False)
    title = CleanText(label=_("节点内容"), required=False, max_length=MAX_TITLE)
    percent = serializers.IntegerField(
        label=_("应达进度"), required=False, min_value=0, max_value=WHOLE
    )


class NewMilestone(StrictSerializer):
    """A milestone to begin with."""

    responsibility = _side()
    due_on = serializers.DateField(label=_("节点日期"))
    title = CleanText(label=_("节点内容"), max_length=MAX_TITLE)
    percent = serializers.IntegerField(label=_("应达进度"), min_value=0, max_value=WHOLE)


class Proposing(StrictSerializer):
    """Whose drafts are proposed."""

    responsibility = _side()


class Changing(ChangedMilestone):
    """What stands in the place of a confirmed milestone, and why."""

    reason = CleanText(label=_("调整理由"), max_length=MAX_TEXT)


class Claiming(StrictSerializer):
    """When it was met, and with what result."""

    met_on = serializers.DateField(label=_("完成日期"))
    result = CleanText(label=_("完成情况"), max_length=MAX_TEXT)


class ChosenStep(StrictSerializer):
    """A milestone as it was read."""

    id = serializers.IntegerField(label=_("节点编号"), min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(label=_("读到的版本"), min_value=0, max_value=2**31 - 1)


class Deciding(StrictSerializer):
    """What the office says of several at once."""

    decision = serializers.ChoiceField(
        [("confirm", _("确认")), ("return", _("退回"))], label=_("决定")
    )
    milestones = serializers.ListField(
        child=ChosenStep(), min_length=1, max_length=MOST_DECIDED, label=_("节点")
    )
    reason = CleanText(
        label=_("退回理由"),
        required=False,
        allow_blank=True,
        max_length=MAX_TEXT,
        help_text=_("退回的必填"),
    )


class StepReason(StrictSerializer):
    """Why it is sent back or dropped."""

    reason = CleanText(label=_("理由"), max_length=MAX_TEXT)
