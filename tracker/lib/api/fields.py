"""Serializer parts that take nothing unknown."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.settings import api_settings

from tracker.lib.api.filters import NUMBER
from tracker.lib.days import why_no_day
from tracker.lib.text import clean_text, listed

MAX_ECHO = 50  # of a text from outside that an error repeats
MAX_UNKNOWN = 20  # keys that an error names


class CleanText(serializers.CharField):
    """Text without control characters; checked after they are gone."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it is stored."""
        return clean_text(super().to_internal_value(data))


class Shown(serializers.SlugRelatedField[Any]):
    """A related row by one of its fields; to read only."""

    def __init__(self, slug_field: str = "code", **kwargs: Any) -> None:
        super().__init__(slug_field=slug_field, read_only=True, **kwargs)


class ByNumber(serializers.PrimaryKeyRelatedField[Any]):
    """A related row by its number: a whole number, or its digits as text."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the row."""
        is_number = isinstance(data, int | str) and not isinstance(data, bool)
        # int() itself takes 1.5, "1_0" and " 1 ".
        if not is_number or not NUMBER.fullmatch(str(data)):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer[Any]):
    """A body with a key that is not declared is refused whole."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the checked values; DRF has no translated sentence for `null`."""
        if data is None:
            sentence = _("请求体应为 JSON 对象，不能是 null。")
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [sentence]})
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        """Return the checked values; ValidationError names unknown keys and days far off."""
        if isinstance(data, Mapping):
            known = [name for name, field in self.fields.items() if not field.read_only]
            unknown = [clean_text(str(name))[:MAX_ECHO] for name in data if name not in known]
            if unknown:
                sentence = _("没有“%(name)s”这一项，可填：%(known)s。")
                words = listed(known) or _("无")
                raise serializers.ValidationError(
                    {n: [sentence % {"name": n, "known": words}] for n in unknown[:MAX_UNKNOWN]}
                )
        values = super().to_internal_value(data)
        if wrong := {n: [why] for n, value in values.items() if (why := why_no_day(value))}:
            raise serializers.ValidationError(wrong)
        return values


class Nothing(StrictSerializer):
    """An empty body."""
