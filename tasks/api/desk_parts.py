"""What the desks' answers are made of."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tasks.api.parts import ClosableSerializer, TaskRef
from tasks.services.changes import Change, Kind
from tasks.services.desk import SideOverview, UnitRow, Urgency
from tasks.services.desk.inspector import Counts, Row
from tasks.services.desk.office_desk import OfficeDesk
from tasks.services.desk.officer_desk import OfficerDesk
from tasks.services.late import Band
from tasks.states import LightWord
from units.models import User


class Lights(serializers.DictField):
    """How many of each light's word."""

    child = serializers.IntegerField()


class DeskPersonSerializer(serializers.Serializer[Any]):
    """Whom to call."""

    name = serializers.CharField()
    phone = serializers.CharField()


class UnitRowSerializer(serializers.Serializer[Any]):
    """A unit in the quarter."""

    unit = serializers.CharField()
    expected = serializers.IntegerField()
    reported = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    returned = serializers.IntegerField()
    missing = serializers.IntegerField()
    lights = Lights(help_text=_("各种灯的数目"))
    people = DeskPersonSerializer(many=True)


class MissingSerializer(serializers.Serializer[Any]):
    """A unit that has not reported all of its tasks."""

    unit = serializers.CharField()
    tasks = TaskRef(many=True)
    people = DeskPersonSerializer(many=True)
    reminded_on = serializers.DateField(allow_null=True, help_text=_("最近一次提醒"))


class OverviewSerializer(serializers.Serializer[Any]):
    """One side of a plan in the quarter."""

    plan = serializers.CharField()
    side = serializers.CharField()
    period = serializers.CharField(allow_null=True)
    expected = serializers.IntegerField()
    reported = serializers.IntegerField()
    on_time = serializers.IntegerField()
    returned = serializers.IntegerField()
    missing = serializers.IntegerField()
    lights = Lights(help_text=_("各种灯的数目"))
    units = UnitRowSerializer(many=True)
    not_reported = MissingSerializer(many=True)


class DeskChangeSerializer(serializers.Serializer[Any]):
    """One thing that changed."""

    kind = serializers.ChoiceField(Kind.choices)
    at = serializers.DateTimeField(allow_null=True)
    task = TaskRef()
    unit = serializers.CharField()
    report = serializers.IntegerField(allow_null=True)
    light_before = serializers.CharField(allow_null=True)
    light_after = serializers.CharField(allow_null=True)
    due_before = serializers.DateField(allow_null=True)
    due_after = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class QueueSerializer(serializers.Serializer[Any]):
    """The reports that wait for the reader's review."""

    number = serializers.IntegerField()
    since = serializers.DateField(allow_null=True, help_text=_("最早一份的提交日"))
    workdays = serializers.IntegerField(help_text=_("最早一份已等的工作日"))


class HandedOutSerializer(serializers.Serializer[Any]):
    """交办 that is still to be done."""

    new = serializers.IntegerField(help_text=_("未交办"))
    unsigned = serializers.IntegerField(help_text=_("待签收"))
    late = serializers.IntegerField(help_text=_("待签收中逾期的"))
    changed = serializers.IntegerField(help_text=_("交办后有改动"))


class OfficeDeskSerializer(serializers.Serializer[Any]):
    """The coordinator's desk."""

    since = serializers.DateField(help_text=_("变化起始日"))
    queue = QueueSerializer()
    handed_out = HandedOutSerializer(allow_null=True)
    endings = serializers.IntegerField(help_text=_("待本人核定的办结、结转等申请"))
    extensions = serializers.IntegerField(help_text=_("待本人审批的延期申请"))
    milestones = serializers.IntegerField(help_text=_("待本人确认的年度节点"))
    closable = ClosableSerializer(many=True, help_text=_("宽限期已过、可由本人关闭的填报期"))
    sides = OverviewSerializer(many=True)
    sides_more = serializers.IntegerField(help_text=_("未列出的方案（方）数"))
    changes = DeskChangeSerializer(many=True)


class DueSerializer(serializers.Serializer[Any]):
    """A report that is still to be filed, or to be mended."""

    task = TaskRef()
    unit = serializers.CharField()
    period = serializers.CharField()
    due_on = serializers.DateField()
    state = serializers.CharField(allow_null=True, help_text=_("空为未报"))
    urgency = serializers.ChoiceField(Urgency.choices)


class UnsignedSerializer(serializers.Serializer[Any]):
    """交办 that wait for 签收."""

    number = serializers.IntegerField()
    sign_by = serializers.DateField(allow_null=True)


class OfficerDeskSerializer(serializers.Serializer[Any]):
    """The officer's desk."""

    total = serializers.IntegerField(help_text=_("当前填报期应报的份数"))
    duties = DueSerializer(many=True)
    unsigned = UnsignedSerializer()
    unread = serializers.IntegerField(help_text=_("未读提醒"))
    lights = Lights(help_text=_("本单位牵头任务各种灯的数目"))
    opens_next = serializers.DateField(
        allow_null=True, help_text=_("没有应报的时，下一填报期的开放日")
    )


class CountsSerializer(serializers.Serializer[Any]):
    """How many of each kind."""

    overdue = serializers.IntegerField()
    expired = serializers.IntegerField()
    milestone = serializers.IntegerField(help_text=_("节点逾期"))
    missing = serializers.IntegerField()
    returned = serializers.IntegerField()
    finding = serializers.IntegerField(help_text=_("督查整改逾期"))
    proposal = serializers.IntegerField(help_text=_("撤销未答复"))


class NamedCountsSerializer(CountsSerializer):
    """Of a side or a unit; null for what belongs to no side."""

    name = serializers.CharField(allow_null=True)


class BandCountsSerializer(CountsSerializer):
    """Of a band of working days."""

    band = serializers.ChoiceField(Band.choices)


class TrendSerializer(serializers.Serializer[Any]):
    """As of the end of a quarter; the last as of today."""

    until = serializers.CharField()
    overdue = serializers.IntegerField()
    expired = serializers.IntegerField()


class InspectorDeskSerializer(serializers.Serializer[Any]):
    """The inspector's desk."""

    counts = CountsSerializer()
    bands = BandCountsSerializer(many=True)
    sides = NamedCountsSerializer(many=True)
    units = NamedCountsSerializer(many=True)
    trend = TrendSerializer(many=True)


def lights_as_dict(words: Any) -> dict[str, int]:
    return {word.value: words[word] for word in LightWord if words[word]}


def people_as_dict(people: list[User]) -> list[dict[str, str]]:
    return [{"name": str(one), "phone": one.phone} for one in people]


def unit_as_dict(row: UnitRow) -> dict[str, Any]:
    return {
        "unit": row.unit.name,
        "expected": row.expected,
        "reported": row.reported,
        "on_time": row.on_time,
        "late": row.late,
        "returned": row.returned,
        "missing": row.missing,
        "lights": lights_as_dict(row.words),
        "people": people_as_dict(row.people),
    }


def overview_as_dict(overview: SideOverview) -> dict[str, Any]:
    return {
        "plan": overview.side.plan.code,
        "side": overview.side.jurisdiction.code,
        "period": overview.period.code if overview.period else None,
        "expected": overview.expected,
        "reported": overview.reported,
        "on_time": overview.on_time,
        "returned": len(overview.sent_back),
        "missing": overview.unreported,
        "lights": lights_as_dict(overview.words),
        "units": [unit_as_dict(row) for row in overview.units],
        "not_reported": [
            {
                "unit": row.unit.name,
                "tasks": [side.task for side in row.sides],
                "people": people_as_dict(row.people),
                "reminded_on": row.reminded_on,
            }
            for row in overview.missing
        ],
    }


def office_as_dict(desk: OfficeDesk) -> dict[str, Any]:
    return {
        "since": desk.since,
        "queue": desk.queue,
        "handed_out": desk.handed_out,
        "endings": desk.endings,
        "extensions": desk.extensions,
        "milestones": desk.milestones,
        "closable": desk.closable,
        "sides": [overview_as_dict(one) for one in desk.sides],
        "sides_more": desk.sides_more,
        "changes": [change_as_dict(one) for one in desk.changes],
    }


def officer_as_dict(desk: OfficerDesk) -> dict[str, Any]:
    return {
        "total": desk.total,
        "duties": [
            {
                "task": duty.side.task,
                "unit": duty.side.unit.name,
                "period": duty.period.code,
                "due_on": duty.due_on,
                "state": duty.state.value if duty.state else None,
                "urgency": urgency.value,
            }
            for urgency, some in desk.groups
            for duty in some
        ],
        "unsigned": desk.unsigned,
        "unread": desk.unread.count(),
        "lights": {word.value: number for word, number in desk.lights},
        "opens_next": desk.next[1] if desk.next else None,
    }


def change_as_dict(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "at": change.at,
        "task": change.side.task,
        "unit": change.side.unit.name,
        "report": change.report.pk if change.report else None,
        "light_before": change.before.value if change.before else None,
        "light_after": change.after.value if change.after else None,
        "due_before": change.dates[0],
        "due_after": change.dates[1],
        "reason": change.reason,
    }


def counts_as_dict(counts: Counts) -> dict[str, int]:
    return {kind.value: number for kind, number in counts.kinds}


def named_as_dict(row: Row) -> dict[str, Any]:
    return {"name": row.of.name if row.of else None, **counts_as_dict(row.counts)}
