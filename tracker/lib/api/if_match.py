"""`If-Match`: which state of a row a change is meant for."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from tracker.lib.api.errors import PreconditionFailed, PreconditionRequired
from tracker.lib.text import whole_number

LONGEST = 64
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description=_("读取时返回的 ETag"),
)


def etag(state: object) -> dict[str, str]:
    """The header that tells a row's state: a version, or a stamp of its values."""
    return {"ETag": f'"{state}"'}


def matched(request: Request) -> str:
    """The state that the caller has read; PreconditionRequired where none is named."""
    text = request.headers.get("If-Match", "").strip()
    if not text:
        raise PreconditionRequired
    return text.removeprefix("W/").strip('"')[:LONGEST]


def matched_version(request: Request) -> int:
    """The same of rows that count their versions; PreconditionFailed for no number."""
    version = whole_number(matched(request))
    if version is None:
        raise PreconditionFailed
    return version
