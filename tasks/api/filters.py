"""Filters of reports and notices."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from tasks import policy
from tasks.api.parts import QuarterFilter, plan_filter
from tasks.models import Task
from tasks.services.review_queue import NO_FLAGS
from tasks.states import ReportKind, ReportState
from tracker.lib.api.filters import ByNumber, Ordering, YesNo
from units.filters import PlaceFilter, UnitFilter


class ReportFilters(filters.FilterSet):
    """Filters of reports."""

    plan = plan_filter("responsibility__task__plan")
    task = ByNumber(
        field_name="responsibility__task",
        queryset=Task.objects.order_by("pk"),
        label=_("任务编号"),
        error_messages={"invalid_choice": _("没有编号为%(value)s的任务。")},
    )
    unit = UnitFilter(field_name="responsibility__unit", label=_("牵头单位：编号或任一名称"))
    jurisdiction = PlaceFilter(
        field_name="responsibility__side", label=_("所属方：行政区划代码或名称，含下级")
    )
    period = QuarterFilter(field_name="period", label=_("季度，如 2026Q3"))
    state = filters.MultipleChoiceFilter(choices=ReportState.choices, label=_("报送状态，可多个"))
    kind = filters.ChoiceFilter(choices=ReportKind.choices, label=_("填报方式"))
    to_review = YesNo(method="filter_to_review", label=_("由本人审核的待审进展"))
    flagged = YesNo(method="filter_flagged", label=_("待审进展有无核对提示"))
    ordering = Ordering(fields={"updated_at": "updated_at", "submitted_at": "submitted_at"})

    def filter_to_review(self, reports: Any, name: str, value: bool) -> Any:
        mine = policy.scope(self.request.user, "report.review").values("pk")
        return reports.filter(pk__in=mine) if value else reports.exclude(pk__in=mine)

    def filter_flagged(self, reports: Any, name: str, value: bool) -> Any:
        """Of what the person reviews: to others nothing is told of flags."""
        mine = policy.scope(self.request.user, "report.review").values("pk")
        return reports.filter(~NO_FLAGS if value else NO_FLAGS, pk__in=mine)


class NoticeFilters(filters.FilterSet):
    """Filters of one's own notices."""

    unread = YesNo(field_name="read_at", lookup_expr="isnull", label=_("只看未读，或只看已读"))
    rule = filters.CharFilter(max_length=40, label=_("规则"))
    ordering = Ordering(fields={"made_on": "made_on", "due_on": "due_on"})
