"""Filters by unit and by place, for the API."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters

from units.models import Jurisdiction, Unit, codes_below
from units.services.names import UnitNameError, find_numbered

MAX_NAME = 100


def refusal(sentence: str) -> ValidationError:
    """A sentence as a parameter: django-filter takes a % in a bare message for a placeholder."""
    return ValidationError("%(sentence)s", params={"sentence": sentence})


class _Named(forms.CharField):
    """A row by words that a person writes; too many are no name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_NAME, **kwargs})


class UnitField(_Named):
    """A unit by its number or any of its names."""

    def clean(self, value: Any) -> Unit | None:
        """Return the unit; ValidationError says why there is none."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return find_numbered(text)
        except UnitNameError as error:
            raise refusal(str(error)) from error


class UnitFilter(filters.CharFilter):
    """Rows of a unit: its number, or any name that a document uses for it."""

    field_class = UnitField


class PlaceField(_Named):
    """A jurisdiction by its code or name."""

    def clean(self, value: Any) -> Jurisdiction | None:
        """Return the place; ValidationError says that there is none."""
        text = unicodedata.normalize("NFKC", super().clean(value) or "")
        if not text:
            return None
        places = Jurisdiction.objects.all()
        place = places.filter(code=text).first() or places.filter(name=text).first()
        if place is None:
            raise refusal(_("没有代码或名称为“%(text)s”的辖区。") % {"text": text[:50]})
        return place


class PlaceFilter(filters.CharFilter):
    """Rows of a jurisdiction and of those below it."""

    field_class = PlaceField

    def filter(self, qs: QuerySet[Model], value: Jurisdiction | None) -> QuerySet[Model]:
        """Return the rows whose `field_name` is the place or below."""
        if value is None:
            return qs
        if self.method is not None:
            chosen: QuerySet[Model] = super().filter(qs, value)
            return chosen
        return qs.filter(**{f"{self.field_name}__in": within(value)})


def within(place: Jurisdiction) -> QuerySet[Jurisdiction]:
    """The place and those below it."""
    return Jurisdiction.objects.filter(codes_below([place.code]))
