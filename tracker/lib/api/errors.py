"""Errors of the API: what, where, how to mend; in the language of `Accept-Language`."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.fields import get_error_detail
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

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


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, which also knows the errors that services and models raise."""
    if isinstance(error, IllegalMove):
        error = Conflict(error.messages[0])
    elif isinstance(error, ModelError):
        error = ValidationError(by_field(error))
    return exception_handler(error, context)


def by_field(error: ModelError) -> dict[str, Any]:
    """Sentences by field; those of no field under `non_field_errors`."""
    detail = get_error_detail(error)
    general = api_settings.NON_FIELD_ERRORS_KEY
    if isinstance(detail, list):
        return {general: detail}
    return {general if name == NON_FIELD_ERRORS else name: value for name, value in detail.items()}
