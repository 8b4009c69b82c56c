"""API of plans."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers

from tasks import policy
from tasks.api.reminder_settings import ReminderWrites
from tasks.models import Action, Plan, PlanSide
from tasks.states import PlanStatus
from tracker.lib.api.fields import Shown
from tracker.lib.api.filters import Ordering, Words
from tracker.lib.api.schema import said
from units.filters import PlaceFilter


class PlanActionSerializer(serializers.ModelSerializer[Action]):
    """A chapter of the plan."""

    class Meta:
        model = Action
        fields = ["number", "numeral", "title"]


class PlanSideSerializer(serializers.ModelSerializer[PlanSide]):
    """A side and the office that coordinates it."""

    side = Shown(source="jurisdiction")
    name = serializers.CharField(source="jurisdiction.name", read_only=True)
    office = serializers.CharField(source="office.name", read_only=True)

    class Meta:
        model = PlanSide
        fields = ["side", "name", "office"]


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """A plan; `is_reference` marks a draft, which has no periods, lights or reminders."""

    jurisdiction = Shown(allow_null=True)
    region = Shown(allow_null=True)
    implements = Shown(allow_null=True)
    is_reference = serializers.BooleanField(read_only=True)
    sides = PlanSideSerializer(many=True, read_only=True)
    actions = PlanActionSerializer(many=True, read_only=True)
    tasks = serializers.IntegerField(
        source="number_of_tasks", read_only=True, help_text=_("任务数")
    )

    class Meta:
        model = Plan
        fields = [
            "id",
            "code",
            "title",
            "short_title",
            "status",
            "is_reference",
            "number",
            "issuers",
            "signed_on",
            "printed_on",
            "published_on",
            "starts_on",
            "ends_on",
            "dates_note",
            "jurisdiction",
            "region",
            "implements",
            "coordinating_body",
            "tracked_from",
            "reminders_from",
            "sides",
            "actions",
            "tasks",
        ]


class PlanFilters(filters.FilterSet):
    """Filters of plans."""

    status = filters.ChoiceFilter(choices=PlanStatus.choices, label=_("状态"))
    jurisdiction = PlaceFilter(label=_("辖区：行政区划代码或名称，含下级"))
    search = Words(fields=["code", "title", "short_title"], label=_("标题、简称中的文字"))
    ordering = Ordering(fields={"code": "code", "published_on": "published_on"})


@said(
    list=(_("方案列表"), _("方案及其各方、行动和任务数；征求意见稿仅供参考。")),
    create=(_("新建方案"), _("协调办公室建立方案，先为征求意见稿。")),
    partial_update=(_("修改方案"), _("只改写明的项；须带 If-Match。")),
    destroy=(_("删除方案"), _("删除没有填报、目标和对方责任的征求意见稿；须带 If-Match。")),
    retrieve=(_("一个方案"), _("按代码读取，如 /api/v1/plans/joint-2022/。")),
)
class PlanViews(ReminderWrites):
    """Plans, by their code. Offices write them."""

    queryset = Plan.objects.none()
    serializer_class = PlanSerializer
    filterset_class = PlanFilters
    lookup_field = "code"
    lookup_value_regex = r"[-\w]{1,50}"

    def rows(self) -> QuerySet[Plan]:
        """All plans, for everyone logged in."""
        rows: QuerySet[Plan] = policy.scope(self.request.user, "plan.view")
        return (
            rows.select_related("jurisdiction", "region", "implements")
            .prefetch_related("sides__jurisdiction", "sides__office", "actions")
            .annotate(number_of_tasks=Count("tasks"))
            .order_by("pk")
        )
