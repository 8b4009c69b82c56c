"""The one way into the API: a JSON body, of bounded size, of text that can be stored and sent."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.settings import api_settings
from rest_framework.utils.json import strict_constant

# NUL cannot be stored, a lone surrogate can neither be stored nor sent.
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


class SafeJSONParser(JSONParser):
    """Refuses what would break further in, each with a sentence in the asker's language."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the parsed body; RequestDataTooBig, ParseError, ValidationError by field."""
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            "".encode(encoding)  # unlike decoders, takes no codec that unpacks, such as bz2
        except (LookupError, UnicodeError) as error:
            raise ParseError(_("请求体的字符集不能识别，请用 UTF-8。")) from error
        try:
            value = json.loads(_read(stream).decode(encoding), parse_constant=strict_constant)
        except RecursionError as error:
            raise ParseError(_("JSON 嵌套过深。")) from error
        except ValueError as error:
            raise ParseError(_("JSON 格式错误。")) from error
        _check_text(value)
        return value


def _read(stream: IO[Any]) -> bytes:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    content = bytes(stream.read(limit + 1))
    if len(content) > limit:
        raise RequestDataTooBig
    return content


def _check_text(value: Any) -> None:
    """Raise ValidationError by the first key under which there is unusable text."""
    fields = value if isinstance(value, dict) else {"": value}
    sentence = _("文字中有不能保存的字符（空字符或不成对的代理字符），请去掉后重试。")
    for name, inside in fields.items():
        if _UNUSABLE.search(name):
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [sentence]})
        if _is_unusable(inside):
            raise ValidationError({name[:50] or api_settings.NON_FIELD_ERRORS_KEY: [sentence]})


def _is_unusable(value: Any) -> bool:
    """Whether a key or string anywhere inside is; without recursion, as nesting may be deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if _UNUSABLE.search(one):
                return True
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
    return False
