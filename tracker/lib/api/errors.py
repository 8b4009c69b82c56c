"""Errors of the API: what, where, how to mend; in the language of `Accept-Language`."""

from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    NotFound,
    ParseError,
    PermissionDenied,
    ValidationError,
)
from rest_framework.fields import get_error_detail
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove


class Conflict(APIException):
    """The row is not in a state that allows this."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("当前状态不允许此操作。")
    default_code = "conflict"


class PreconditionFailed(APIException):
    """Somebody else has saved meanwhile."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("对方已改：您读取之后，该记录已由他人保存。请重新读取后再保存。")
    default_code = "stale"


class PreconditionRequired(APIException):
    """A change must name the version that it changes."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = _('请在 If-Match 请求头中写明所改的版本，即读取时返回的 ETag，如 "3"。')
    default_code = "version_required"


class TooBig(APIException):
    """More than any call of the API needs."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("请求体过大，请减少内容后重试。")
    default_code = "too_big"


class TooMany(APIException):
    """Wait, then try again; `wait` says how many seconds."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "throttled"

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


NOT_HERE = _("没有这条记录，或您不可见。")
BAD = _("请求无法识别，请核对后重试。")
FOREIGN = _("跨站校验未通过：请带上 X-CSRFToken 请求头，或改用令牌。")


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, which also knows the errors that services and models raise."""
    if isinstance(error, Stale):
        error = PreconditionFailed(error.messages[0])
    elif isinstance(error, IllegalMove):
        error = Conflict(error.messages[0])
    elif isinstance(error, ModelError):
        error = ValidationError(by_field(error))
    else:
        error = _in_words(error)
    return exception_handler(error, context)


def _in_words(error: Exception) -> Exception:
    """The same error with a sentence of ours, where Django or DRF has none for the asker."""
    if isinstance(error, Http404):
        return NotFound(NOT_HERE)
    if isinstance(error, RequestDataTooBig):
        return TooBig()
    if isinstance(error, SuspiciousOperation | BadRequest):
        return ParseError(BAD)
    if isinstance(error, PermissionDenied) and str(error.detail).startswith("CSRF Failed"):
        return PermissionDenied(FOREIGN)
    return error


def by_field(error: ModelError) -> dict[str, Any]:
    """Sentences by field; those of no field under `non_field_errors`."""
    detail = get_error_detail(error)
    general = api_settings.NON_FIELD_ERRORS_KEY
    if isinstance(detail, list):
        return {general: detail}
    return {general if name == NON_FIELD_ERRORS else name: value for name, value in detail.items()}
