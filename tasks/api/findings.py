"""API of findings: read by policy; issued and carried on through the services alone."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.parts import TaskRef, plan_filter
from tasks.columns import FINDING_LIST
from tasks.filters.findings import STATES
from tasks.models import Finding, FindingStep, Responsibility, SampleRow
from tasks.services import findings
from tasks.services.evidence import attach_all
from tasks.services.findings import KIND, MAX_TEXT, Notice
from tasks.states import FINDING_OPEN, FindingStepKind, OfficeAnswer
from tracker.lib import workdays
from tracker.lib.api.fields import ByNumber, CleanText, Shown, StrictSerializer
from tracker.lib.api.files import TakesFiles, json_or_form, sent
from tracker.lib.api.filters import Ordering, Words
from tracker.lib.api.if_match import IF_MATCH, etag, matched_version
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.api.exports import Exports
from units.filters import PlaceFilter, UnitFilter
from units.models import User

WITH_ALL = (
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "issued_by",
    "closed_by",
)
# What one may do to a finding: every step but the first.
STEPS = [(kind.value, kind.label) for kind in FindingStepKind if kind != KIND.ISSUE]
ANSWERS = {200: None, 409: None, 412: None, 428: None}


class StepSerializer(serializers.ModelSerializer[FindingStep]):
    """One step, in words."""

    by = serializers.CharField(allow_null=True)

    class Meta:
        model = FindingStep
        fields = ["kind", "text", "due_on", "by", "at"]
        read_only_fields = fields


class FindingSerializer(serializers.ModelSerializer[Finding]):
    """A finding; `version` is told as ETag of one, too."""

    code = serializers.CharField(read_only=True)
    task = TaskRef(source="responsibility.task", read_only=True)
    unit = Shown("name", source="responsibility.unit")
    side = Shown(source="responsibility.side", allow_null=True)
    issued_by = serializers.CharField(allow_null=True, read_only=True)
    closed_by = serializers.CharField(allow_null=True, read_only=True)
    overdue = serializers.SerializerMethodField(help_text=_("逾期未整改"))
    # Empty where nothing was asked of the office.
    office_answer = serializers.ChoiceField(OfficeAnswer.choices, allow_blank=True, read_only=True)

    class Meta:
        model = Finding
        fields = [
            "id",
            "code",
            "responsibility",
            "task",
            "unit",
            "side",
            "problem",
            "demand",
            "state",
            "first_due_on",
            "due_on",
            "overdue",
            "proposes_revoking",
            "office_due_on",
            "office_answer",
            "version",
            "issued_by",
            "issued_at",
            "closed_by",
            "closed_at",
        ]
        read_only_fields = fields

    def get_overdue(self, row: Finding) -> bool:
        """To be put right by a day that has passed."""
        return row.is_overdue(self.context["today"])


class OneFinding(FindingSerializer):
    """A finding with its steps."""

    steps = StepSerializer(many=True, read_only=True)

    class Meta(FindingSerializer.Meta):
        fields = [*FindingSerializer.Meta.fields, "steps"]
        read_only_fields = fields


class NewFinding(StrictSerializer):
    """What an inspector asks a unit to put right."""

    responsibility = ByNumber(
        label=_("牵头责任"),
        queryset=Responsibility.objects.all(),
        error_messages={
            "does_not_exist": _("没有编号为{pk_value}的责任。"),
            "incorrect_type": _("编号应为整数。"),
        },
    )
    problem = CleanText(label=_("发现问题"), max_length=MAX_TEXT)
    demand = CleanText(label=_("整改要求"), max_length=MAX_TEXT)
    due_on = serializers.DateField(label=_("整改期限"))
    proposes_revoking = serializers.BooleanField(label=_("建议撤销办结"), required=False)
    office_due_on = serializers.DateField(label=_("答复期限"), required=False, allow_null=True)
    sample_row = serializers.IntegerField(
        label=_("抽查明细"), required=False, min_value=1, max_value=2**63 - 1
    )


class Acting(StrictSerializer):
    """A step: `due_on` for those that set a date, `agrees` for the office's answer alone."""

    kind = serializers.ChoiceField(STEPS, label=_("环节"))
    text = CleanText(label=_("内容"), max_length=MAX_TEXT)
    due_on = serializers.DateField(label=_("整改期限"), required=False, allow_null=True)
    agrees = serializers.BooleanField(label=_("同意撤销办结"), required=False)


class FindingFilters(filters.FilterSet):
    """Filters of findings."""

    plan = plan_filter("responsibility__task__plan")
    state = filters.ChoiceFilter(choices=STATES, method="of_state", label=_("状态"))
    unit = UnitFilter(field_name="responsibility__unit", label=_("单位：编号或任一名称"))
    jurisdiction = PlaceFilter(
        field_name="responsibility__side", label=_("所属方：行政区划代码或名称，含下级")
    )
    search = Words(
        fields=["problem", "demand", "responsibility__task__title"], label=_("文字中的词")
    )
    ordering = Ordering(fields={"due_on": "due_on", "issued_at": "issued_at"})

    def of_state(self, rows: Any, name: str, value: str) -> Any:
        if value == "open":
            return rows.filter(state__in=FINDING_OPEN)
        if value == "overdue":
            return rows.overdue(workdays.today())
        return rows.waiting_for_office() if value == "office" else rows.filter(state=value)


@said(
    list=(_("督查意见列表"), _("本人可阅看的督查意见：所在单位、本方协调办公室、督查辖区。")),
    retrieve=(_("一条督查意见"), _("一条督查意见及其办理过程；响应头 ETag 为版本。")),
    create=(
        _("提出督查意见"),
        _(
            "督查员对辖区内的牵头单位发出整改通知。用 multipart/form-data 可同时上传佐证材料；"
            "sample_row 为抽查明细的编号。"
        ),
    ),
    act=(
        _("办理"),
        _(
            "整改反馈、申辩、复核、退回、销号、调整期限、协调办公室答复；"
            "用 multipart/form-data 可同时上传佐证材料；须带 If-Match。"
        ),
    ),
)
class FindingViews(Exports[Finding], TakesFiles, ReadOnly[Finding]):
    """Findings, as far as the person may read them."""

    queryset = Finding.objects.none()
    serializer_class = FindingSerializer
    filterset_class = FindingFilters
    exported = FINDING_LIST
    takes_files = frozenset({"create", "act"})

    def rows(self) -> QuerySet[Finding]:
        """Between the unit, its office and the inspectors."""
        seen: QuerySet[Finding] = policy.scope(self.request.user, "finding.view")
        return seen.select_related(*WITH_ALL).order_by("-year", "-number")

    @extend_schema(responses=OneFinding)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One with its steps, and its version as ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=json_or_form(NewFinding), responses={201: OneFinding})
    def create(self, request: Request) -> Response:
        """Issue one."""
        values, files = sent(request, NewFinding)
        duty, drawn = values.pop("responsibility"), values.pop("sample_row", None)
        row = findings.issue(
            duty,
            Notice(**values),
            sample_row=self._drawn(duty, drawn),
            **self._who_and_when(files),
        )
        return self._answer(row, status.HTTP_201_CREATED)

    @extend_schema(
        request=json_or_form(Acting),
        responses={**ANSWERS, 200: OneFinding},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"])
    def act(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a step."""
        row, version = self.get_object(), matched_version(request)
        data, files = sent(request, Acting)
        kind = FindingStepKind(data["kind"])
        told = {"text": data["text"], "version": version, **self._who_and_when(files)}
        if kind != KIND.OFFICE:
            if "agrees" in data:
                raise ValidationError({"agrees": [_("只有协调办公室答复才填此项。")]})
            row = findings.act(row, kind, due_on=data.get("due_on"), **told)
        elif "agrees" not in data:
            raise ValidationError({"agrees": [_("请写明是否同意撤销办结。")]})
        else:
            row = findings.answer_proposal(row, agrees=data["agrees"], **told)
        return self._answer(row)

    @property
    def _person(self) -> User:
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        return self.request.user

    def _drawn(self, duty: Responsibility, number: int | None) -> SampleRow | None:
        """The row of a sample from which the finding comes."""
        if number is None:
            return None
        seen = SampleRow.objects.filter(sample__in=policy.scope(self._person, "sample.view"))
        row: SampleRow | None = seen.filter(responsibility=duty, pk=number).first()
        if row is None:
            raise ValidationError({"sample_row": [_("没有这条抽查明细，或不是该责任的。")]})
        return row

    def _who_and_when(self, files: list[Any]) -> dict[str, Any]:
        """What each step is told besides its words; the files go with it."""
        by, now = self._person, workdays.now()

        def attach(step: FindingStep) -> None:
            attach_all(step, files, by=by, now=now)

        return {"by": by, "now": now, "attach": attach}

    def _answer(self, row: Finding, code: int = status.HTTP_200_OK) -> Response:
        seen = self.rows().prefetch_related("steps__by").get(pk=row.pk)
        data = OneFinding(seen, context=self.get_serializer_context()).data
        return Response(data, code, headers=etag(seen.version))
