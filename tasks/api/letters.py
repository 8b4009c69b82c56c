"""API of the letter with which a unit sends a quarter's table."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from tasks.api.desks import Desk
from tasks.views import letters
from tasks.views.brief import DOCX


class LetterView(Desk):
    """《关于报送…进展情况的函》 as Word."""

    @extend_schema(
        operation_id="letter",
        summary=_("报送函"),
        description=_("本单位一个季度的《关于报送…进展情况的函》及进展情况表，Word；下载有记录。"),
        responses={(200, DOCX): OpenApiTypes.BINARY, 404: None},
    )
    def get(self, request: Request, unit: int, period: int) -> Any:
        """The file."""
        return letters.word(request._request, unit, period)
