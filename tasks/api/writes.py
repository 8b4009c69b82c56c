"""What the API's writing views of plans share: stamps as ETag, bodies, refusals."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.services.editing import stamp, values_of
from tracker.lib.api.fields import CleanText, StrictSerializer
from tracker.lib.api.if_match import etag, matched
from tracker.lib.api.views import ReadOnly
from units.models import User

M = TypeVar("M", bound=Model)
REFUSALS: dict[int, Any] = {409: None, 412: None, 428: None}


class ByCode(serializers.SlugRelatedField[Any]):
    """A row by its code (or name)."""

    default_error_messages = {
        "does_not_exist": _("没有“{value}”，请核对。"),
        "invalid": _("应为代码或名称。"),
    }

    def __init__(self, slug_field: str = "code", **kwargs: Any) -> None:
        super().__init__(slug_field=slug_field, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the row; only text names one."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data[:200])


def text(label: Any, longest: int, **kwargs: Any) -> CleanText:
    """A text of at most so many characters, empty unless required."""
    kwargs.setdefault("required", False)
    kwargs.setdefault("allow_blank", not kwargs["required"])
    wrong: dict[str, Any] = {"max_length": _("最多{max_length}字，请精简。")}
    return CleanText(label=label, max_length=longest, error_messages=wrong, **kwargs)


def day(label: Any) -> serializers.DateField:
    """A date, or null."""
    return serializers.DateField(label=label, required=False, allow_null=True)


class Place(StrictSerializer):
    """Where a row goes."""

    place = serializers.IntegerField(label=_("移到第几位"), min_value=1, max_value=9999)


class Writable(ReadOnly[M]):
    """A list whose rows offices write: PATCH and DELETE name the state that they change.

    `edit_verb` is that of the rows which the person may change; the ETag stands only on those.
    """

    edit_verb = ""

    def entry_of(self, row: M) -> Any:
        """The row's values as services take them."""
        raise NotImplementedError

    @property
    def person(self) -> User:
        """Who calls."""
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        return self.request.user

    def may_edit(self, row: M) -> bool:
        """Whether the person may change the row."""
        return policy.can(self.request.user, self.edit_verb, row)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A row, with its state as ETag for who may change it."""
        return self.answer(self.get_object())

    def answer(self, row: M, code: int = status.HTTP_200_OK) -> Response:
        """The row as it now stands."""
        shown = self.get_queryset().get(pk=row.pk)
        headers = etag(stamp(self.entry_of(shown))) if self.may_edit(shown) else {}
        return Response(self.get_serializer(shown).data, code, headers=headers)

    def editable(self) -> M:
        """The row of the address; PermissionDenied where the person may not change it."""
        row: M = self.get_object()
        if not self.may_edit(row):
            raise PermissionDenied
        return row

    def seen(self) -> str:
        """The state that the caller has read: `If-Match`."""
        return matched(self.request)

    def checked(self, body: type[StrictSerializer]) -> dict[str, Any]:
        """The body's values; ValidationError by field."""
        form = body(data=self.request.data)
        form.is_valid(raise_exception=True)
        values: dict[str, Any] = form.validated_data
        return values

    def merged(self, row: M, values: dict[str, Any]) -> dict[str, Any]:
        """The row's values with those that were given."""
        now = values_of(self.entry_of(row))
        return now | {name: value for name, value in values.items() if name in now}
