"""Files in the same request as what they stand with: a body as JSON, or as a form with files."""

import functools
from collections.abc import Mapping
from typing import Any, Final, cast

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from tracker.lib.api.fields import StrictSerializer

FIELD: Final = "evidence"
FORM: Final = "multipart/form-data"
MOST: Final = 20


@functools.cache
def with_files(body: type[StrictSerializer]) -> type[StrictSerializer]:
    """The body as a form sends it: the same keys, and files."""
    files = serializers.ListField(
        child=serializers.FileField(max_length=1000),
        required=False,
        max_length=MOST,
        label=_("佐证材料"),
        help_text=_("可有多份；与其余内容同时保存，有一份不收则全部不保存"),
    )
    parts: dict[str, Any] = {FIELD: files, "__doc__": f"{body.__doc__} With files."}
    if hasattr(body, "Meta"):
        meta: Any = body.Meta
        parts["Meta"] = type("Meta", (meta,), {"fields": (*meta.fields, FIELD)})
    return cast(type[StrictSerializer], type(f"{body.__name__}WithFiles", (body,), parts))


def json_or_form(body: type[StrictSerializer]) -> dict[str, type[StrictSerializer]]:
    """What the schema says of such a request."""
    return {"application/json": body, FORM: with_files(body)}


def sent(request: Request, body: type[StrictSerializer]) -> tuple[dict[str, Any], list[Any]]:
    """The checked values, and the files. Raises ValidationError by field."""
    given: Any = request.data
    if isinstance(given, QueryDict):
        form = with_files(body)(data=_plain(given))
    else:
        form = body(data=given)
    form.is_valid(raise_exception=True)
    values = dict(form.validated_data)
    return values, list(values.pop(FIELD, []))


def _plain(data: QueryDict) -> Mapping[str, Any]:
    """As JSON would say it: a key that is not there is not given, whatever a browser means."""
    return {name: data.getlist(name) if name == FIELD else data[name] for name in data}


class TakesFiles(APIView):
    """Views of which the calls in `takes_files` take a form with files, too."""

    takes_files: frozenset[str] = frozenset()

    def get_parsers(self) -> list[BaseParser]:
        """JSON everywhere; forms where files go along."""
        # While the request is made ready the call has no name yet.
        known: Any = getattr(self, "action_map", None) or {}
        method = str(getattr(self.request, "method", "") or "").lower()
        name = getattr(self, "action", None) or known.get(method)
        parsers = list(super().get_parsers())
        return [*parsers, MultiPartParser()] if name in self.takes_files else parsers
