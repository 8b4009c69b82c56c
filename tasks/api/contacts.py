"""API of contacts: who answers for a duty, and whom to call."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.parts import TaskRef
from tasks.columns import CONTACT_LIST
from tasks.models import Plan, Responsibility
from tasks.services import contacts
from tasks.states import Role
from tasks.views.contacts import lines_of, saying
from tracker.lib.api.fields import CleanText, Shown, StrictSerializer
from tracker.lib.api.filters import Code, YesNo
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.api.exports import Exports
from units.filters import UnitFilter
from units.models import User
from units.web import person


class DutyContactSerializer(serializers.ModelSerializer[Responsibility]):
    """A duty and who answers for it; a phone that one need not call is masked."""

    task = TaskRef(read_only=True)
    unit = Shown("name")
    phone = serializers.SerializerMethodField()

    class Meta:
        model = Responsibility
        fields = ["id", "task", "unit", "role", "leader", "division", "liaison", "phone"]

    def get_phone(self, row: Responsibility) -> str:
        whole = getattr(row, "is_whole", False)
        return row.phone if whole else contacts.masked(row.phone)


class ContactBody(StrictSerializer):
    """What is written; what is left out stays."""

    leader = CleanText(label=gettext_lazy("责任领导"), max_length=50, allow_blank=True)
    division = CleanText(label=gettext_lazy("责任处室"), max_length=100, allow_blank=True)
    liaison = CleanText(label=gettext_lazy("联络员"), max_length=50, allow_blank=True)
    phone = CleanText(label=gettext_lazy("联系电话"), max_length=30, allow_blank=True)


class ContactFilters(filters.FilterSet):
    """Filters of contacts."""

    plan = Code(queryset=Plan.objects.all(), field_name="task__plan", label=gettext_lazy("方案"))
    unit = UnitFilter(field_name="unit", label=gettext_lazy("单位：编号或任一名称"))
    role = filters.ChoiceFilter(choices=Role.choices, label=gettext_lazy("角色"))
    missing = YesNo(method="filter_missing", label=gettext_lazy("还没有联系人"))

    search = filters.CharFilter(
        method="with_words", max_length=100, label=gettext_lazy("单位、任务、姓名")
    )

    def with_words(self, rows: Any, name: str, text: str) -> Any:
        """Whose unit, task or person named says all the words."""
        return saying(rows, text)

    def filter_missing(self, rows: Any, name: str, value: bool) -> Any:
        """Duties of which nobody is named."""
        empty = {"leader": "", "liaison": "", "phone": ""}
        return rows.filter(**empty) if value else rows.exclude(**empty)


@said(
    list=(gettext_lazy("责任联系人"), gettext_lazy("可见的责任及其责任领导、处室、联络员、电话。")),
    retrieve=(gettext_lazy("一项责任的联系人"), gettext_lazy("一项责任的联系人。")),
    partial_update=(
        gettext_lazy("修改联系人"),
        gettext_lazy("责任单位或本方协调办公室修改联系人，只改写明的项。"),
    ),
)
class ContactViews(Exports[Responsibility], ReadOnly[Responsibility]):
    """Contacts of duties."""

    queryset = Responsibility.objects.none()
    serializer_class = DutyContactSerializer
    filterset_class = ContactFilters
    exported = CONTACT_LIST

    def told(self, some: list[Responsibility]) -> list[dict[str, Any]]:
        """Phones as the person may know them."""
        return lines_of(person(self.request), some)

    def rows(self) -> QuerySet[Responsibility]:
        """The duties of which the reader may know who answers for them."""
        whole = policy.scope(self.request.user, "contact.call").filter(pk=OuterRef("pk"))
        rows: QuerySet[Responsibility] = policy.scope(self.request.user, "contact.view")
        return (
            rows.annotate(is_whole=Exists(whole))
            .select_related("task__plan", "unit")
            .order_by("task__plan", "task__number", "order", "pk")
        )

    @extend_schema(request=ContactBody, responses=DutyContactSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change what is given."""
        row = self.get_object()
        if not isinstance(request.user, User) or not policy.can(request.user, "contact.edit", row):
            raise PermissionDenied(_("联系人只由责任单位和本方协调办公室填写。"))
        body = ContactBody(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        now = contacts.called_of(row)
        written = {name: getattr(now, name) for name in contacts.FIELDS} | body.validated_data
        try:
            contacts.save({row.pk: contacts.Called(**written)}, by=request.user)
        except ModelError as error:
            by_field = {name.partition("-")[2]: texts for name, texts in error.message_dict.items()}
            raise serializers.ValidationError(by_field) from error
        return Response(self.get_serializer(self.get_object()).data)
