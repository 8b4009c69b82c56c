"""Serializer parts that take nothing unknown."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from tracker.lib.text import clean_text, listed


class CleanText(serializers.CharField):
    """Text without control characters; checked after they are gone."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it is stored."""
        return clean_text(super().to_internal_value(data))


class Shown(serializers.SlugRelatedField[Any]):
    """A related row by one of its fields; to read only."""

    def __init__(self, slug_field: str = "code", **kwargs: Any) -> None:
        super().__init__(slug_field=slug_field, read_only=True, **kwargs)


class StrictSerializer(serializers.Serializer[Any]):
    """A body with a key that is not declared is refused whole."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the checked values; ValidationError names unknown keys."""
        if isinstance(data, Mapping):
            known = [name for name, field in self.fields.items() if not field.read_only]
            unknown = {
                str(name): [
                    _("没有“%(name)s”这一项，可填：%(known)s。")
                    % {"name": name, "known": listed(known) or _("无")}
                ]
                for name in data
                if name not in known
            }
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class Nothing(StrictSerializer):
    """An empty body."""


class DeepSafeJSONParser(JSONParser):
    """Refuses JSON nested so deep that reading it would end the stack."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Return the parsed body."""
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError(_("JSON 嵌套过深。")) from error
        except ParseError as error:
            raise ParseError(_("JSON 格式错误。")) from error
