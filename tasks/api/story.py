"""What the API tells of one task beyond its row in the list, and its history."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks import policy
from tasks.api.figures import AttainmentSerializer
from tasks.api.parts import SealSerializer, TaskRef, side_code
from tasks.models import ProgressReport, Responsibility, Target, Task
from tasks.models.attainment import attainments
from tasks.services import story
from tasks.services.story import Telling
from tasks.states import Light, LightWord, ReportState, Role, TaskState
from tracker.lib.api.fields import Shown

STORY_FIELDS = [
    "document",
    "document_due_on",
    "implemented_by",
    "contacts",
    "targets",
    "reports",
    "quarters",
    "schedule",
]


class DutyPart(serializers.Serializer[Any]):
    """Of which responsibility a part of the story speaks."""

    side = serializers.SerializerMethodField()
    unit = serializers.CharField(source="duty.unit.name")
    role = serializers.ChoiceField(Role.choices, source="duty.role")

    def get_side(self, contact: Any) -> str:
        return side_code(contact.duty)


class ContactSerializer(DutyPart):
    """Whom to call."""

    leader = serializers.CharField(source="duty.leader")
    division = serializers.CharField(source="duty.division")
    liaison = serializers.CharField(source="duty.liaison")
    phone = serializers.CharField(help_text=_("无权查看全号的，中间各位以*代替"))


class CarriedSerializer(TaskRef):
    """A task that carries this one out, with its light."""

    leads = serializers.SerializerMethodField()
    light_word = serializers.SerializerMethodField()

    class Meta(TaskRef.Meta):
        fields = [*TaskRef.Meta.fields, "leads", "light_word"]

    def get_leads(self, task: Task) -> list[str]:
        return [side.unit.name for side in task.leads]

    def get_light_word(self, task: Task) -> str | None:
        word: LightWord | None = task.light_word(self.context["today"])
        return str(word.label) if word else None


class PromiseSerializer(serializers.ModelSerializer[Target]):
    """A target of the task, and whether it is reached."""

    indicator = Shown("name")
    promise = serializers.CharField(read_only=True)
    attainment = serializers.SerializerMethodField()

    class Meta:
        model = Target
        fields = ["id", "indicator", "year", "place_name", "promise", "attainment"]

    @extend_schema_field(AttainmentSerializer)
    def get_attainment(self, target: Target) -> Any:
        return AttainmentSerializer(self.context["answers"][target.pk]).data


class QuarterReportSerializer(serializers.ModelSerializer[ProgressReport]):
    """A report that may be read, of a closed quarter as it was kept; texts stand under /progress/.

    Where a closed quarter kept none, what came since (补报) stands.
    """

    period = serializers.CharField(source="period.code", read_only=True)
    side = serializers.SerializerMethodField()
    submitted_by = serializers.StringRelatedField[Any](allow_null=True)
    reviewed_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = ProgressReport
        fields = [
            "id",
            "period",
            "side",
            "kind",
            "state",
            "percent",
            "no_news",
            "submitted_by",
            "submitted_at",
            "reviewed_by",
            "reviewed_at",
        ]

    def get_side(self, report: ProgressReport) -> str:
        return str(self.context["codes"][report.responsibility_id])


class ToldInQuarterSerializer(serializers.Serializer[Telling]):
    """A side in a quarter: at its closing, or today while it is open."""

    side = serializers.CharField()
    unit = serializers.CharField(help_text=_("封存时或现在的牵头单位名称"))
    state = serializers.ChoiceField(TaskState.choices)
    light = serializers.ChoiceField(Light.choices, allow_null=True)
    light_word = serializers.CharField(allow_null=True)
    light_reason = serializers.CharField()
    report_state = serializers.ChoiceField(ReportState.choices, allow_null=True)
    percent = serializers.IntegerField(allow_null=True, help_text=_("该季度填报的完成进度"))
    since = serializers.ChoiceField(
        ReportState.choices, allow_null=True, help_text=_("封存后的补报或审核情况，不计入该季度")
    )

    def to_representation(self, told: Telling) -> dict[str, Any]:
        report, word = told.report, told.word
        return {
            "side": side_code(told.side),
            "unit": told.side.unit.name,
            "state": told.state.value,
            "light": word.light.value if word else None,
            "light_word": str(word.label) if word else None,
            "light_reason": told.side.light_reason(self.context["today"]) if word else "",
            "report_state": report.state if report else None,
            "percent": report.percent if report else None,
            "since": told.since.state if told.since else None,
        }


class QuarterSerializer(serializers.Serializer[Any]):
    """A quarter of the task's plan, with the snapshot that a closed one is told from."""

    period = serializers.CharField(source="period.code")
    closed_on = serializers.DateField(source="period.closed_on", allow_null=True)
    snapshot = SealSerializer(source="seal", allow_null=True)
    sides = ToldInQuarterSerializer(source="tellings", many=True)


PERCENTS = {
    "type": "object",
    "additionalProperties": {"type": "integer", "nullable": True, "minimum": 0, "maximum": 100},
}


class PointSerializer(serializers.Serializer[Any]):
    """A quarter's end: 序时进度 by dates, and what has been approved, by side."""

    period = serializers.CharField(source="quarter")
    expected = serializers.SerializerMethodField()
    percent = serializers.SerializerMethodField()

    @extend_schema_field(PERCENTS)
    def get_expected(self, point: story.Point) -> dict[str, int | None]:
        return self._by_code(point.expected)

    @extend_schema_field(PERCENTS)
    def get_percent(self, point: story.Point) -> dict[str, int | None]:
        return self._by_code(point.percent)

    def _by_code(self, values: dict[int, int | None]) -> dict[str, int | None]:
        codes = self.context["codes"]
        return {codes[pk]: value for pk, value in values.items()}


class StoryFields(serializers.Serializer[Task]):
    """The story of a task; only what the person may read."""

    document = Shown(allow_null=True)
    document_due_on = serializers.DateField(source="due_on", read_only=True, allow_null=True)
    implemented_by = serializers.SerializerMethodField()
    contacts = serializers.SerializerMethodField()
    targets = serializers.SerializerMethodField()
    reports = serializers.SerializerMethodField()
    quarters = serializers.SerializerMethodField()
    schedule = serializers.SerializerMethodField()

    @extend_schema_field(CarriedSerializer(many=True))
    def get_implemented_by(self, task: Task) -> Any:
        rows = Task.objects.filter(implements=task).for_list(self.context["today"])
        ordered = rows.order_by("plan", "number", "pk")
        return CarriedSerializer(ordered, many=True, context=self.context).data

    @extend_schema_field(ContactSerializer(many=True))
    def get_contacts(self, task: Task) -> Any:
        found = story.contacts_of(self.context["request"].user, task) or []
        return ContactSerializer(found, many=True).data

    @extend_schema_field(PromiseSerializer(many=True))
    def get_targets(self, task: Task) -> Any:
        rows = task.targets.select_related("indicator", "place", "unit", "plan__jurisdiction")
        answers = attainments(list(rows), self.context["today"])
        return PromiseSerializer(rows, many=True, context={"answers": answers}).data

    @extend_schema_field(QuarterReportSerializer(many=True))
    def get_reports(self, task: Task) -> Any:
        tellings = (one for quarter in self._quarters(task) for one in quarter.tellings)
        rows = [report for one in tellings if (report := one.report or one.since)]
        context = {"codes": self._codes(task.leads)}
        return QuarterReportSerializer(rows, many=True, context=context).data

    @extend_schema_field(QuarterSerializer(many=True))
    def get_quarters(self, task: Task) -> Any:
        return QuarterSerializer(self._quarters(task), many=True, context=self.context).data

    @extend_schema_field(PointSerializer(many=True))
    def get_schedule(self, task: Task) -> Any:
        reports = story.reports_in(self._quarters(task))
        sides = self._sides(task)
        points = story.schedule(task, sides, reports, self.context["today"])
        return PointSerializer(points, many=True, context={"codes": self._codes(sides)}).data

    def _sides(self, task: Task) -> list[Responsibility]:
        return [side for side in task.leads if side.pk in self.context["shown"]]

    def _quarters(self, task: Task) -> list[story.QuarterStory]:
        """Read once for all that is told from them."""
        if "quarters" not in self.__dict__:
            user = self.context["request"].user
            close = policy.scope(user, "handed_in.view").filter(task=task)
            self.__dict__["quarters"] = story.quarters_of(
                task,
                self._sides(task),
                story.reports_of(user, task),
                self.context["today"],
                set(close.values_list("pk", flat=True)),
            )
        quarters: list[story.QuarterStory] = self.__dict__["quarters"]
        return quarters

    def _codes(self, sides: list[Responsibility]) -> dict[int, str]:
        return {side.pk: side_code(side) for side in sides}


class ChangeSerializer(serializers.Serializer[Any]):
    """A field before and after, in words."""

    field = serializers.CharField(source="name")
    name = serializers.CharField(source="label")
    before = serializers.CharField()
    after = serializers.CharField()


class ToldSerializer(serializers.Serializer[Any]):
    """An entry of the history in words; `person` is empty where the name may not be read."""

    at = serializers.DateTimeField()
    verb = serializers.CharField()
    what = serializers.CharField()
    unit = serializers.CharField(source="about")
    period = serializers.CharField()
    body = serializers.CharField()
    person = serializers.CharField()
    changes = ChangeSerializer(many=True)
    reason = serializers.CharField()
