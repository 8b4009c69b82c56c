"""Base of the API's views: closed, strict about the address line, never cached."""

import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import mixins
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tracker.lib import workdays
from tracker.lib.text import clean_text, listed

M = TypeVar("M", bound=Model)


class Strict(GenericAPIView[M]):
    """Refuses parameters that it does not know; tells its serializers the day."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check log-in, permission and the address line."""
        super().initial(request, *args, **kwargs)
        check_query(request, self.known_parameters())

    def known_parameters(self) -> list[str]:
        """Parameters that this call takes, in the order of the documentation."""
        if getattr(self, "action", "list") != "list":
            return []
        return self.list_parameters()

    @classmethod
    def list_parameters(cls) -> list[str]:
        """Parameters of the list: its filters, and the page."""
        filterset = getattr(cls, "filterset_class", None)
        names = [*filterset.base_filters] if filterset else []
        return [*names, "page", "page_size"] if cls.pagination_class else names

    @property
    def today(self) -> datetime.date:
        """The day of the call."""
        return workdays.today()

    def get_serializer_context(self) -> dict[str, Any]:
        """The day, besides what DRF gives."""
        return {**super().get_serializer_context(), "today": self.today}

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Let nobody on the way keep the answer."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "private, no-store")
        return final


class ReadOnly(Strict[M], mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[M]):
    """A list and its rows. `rows()` says which the person may see."""

    lookup_value_regex = r"\d{1,18}"

    def rows(self) -> QuerySet[M]:
        """The rows that the person may see."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[M]:
        """`rows()`; while the schema is made, the empty `queryset`, which names the model."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return self.rows()


def check_query(request: Request, known: list[str]) -> None:
    """Raise ValidationError for a parameter that is unknown or holds control characters."""
    errors: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            errors[clean_text(name)[:50]] = [
                _("没有“%(name)s”这个参数，可用：%(known)s。")
                % {"name": clean_text(name)[:50], "known": listed(known) or _("无")}
            ]
        elif any(clean_text(value) != value.strip() for value in values):
            errors[name] = [_("参数中有控制字符，请去掉后重试。")]
    if errors:
        raise ValidationError(errors)
