"""Keep rows in step with files without touching what people have entered."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F

from units.models import Loaded
from units.services.load.shape import Problems, Raw

Row = TypeVar("Row", bound=Loaded)
PARKED = 10_000  # where rows wait while their places in a list are exchanged


@dataclass
class Tally:
    """What was done with the rows of a file, by kind."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many rows were written."""
        return self.created.total() + self.updated.total()

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.kept + other.kept,
        )


@dataclass
class Source:
    """A file: its name for people, its top level, what came of it."""

    label: str
    data: Raw
    tally: Tally = field(default_factory=Tally)


def plain(value: Any) -> Any:
    """Return the value as JSON holds it, so that equal values are equal."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return list(value) if isinstance(value, tuple) else value


def field_of(row: Loaded | type[Loaded], name: str) -> "models.Field[Any, Any]":
    """Return a concrete field of the model."""
    found = row._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise TypeError(name)
    return found


def present(row: Loaded, name: str) -> Any:
    """Return the field's value as JSON holds it."""
    return plain(getattr(row, field_of(row, name).attname))


def kind_of(model: type[models.Model]) -> str:
    """Return what rows of the model are called."""
    return str(model._meta.verbose_name)


class Shelf(Generic[Row]):
    """The rows of a model by natural key.

    The key is the one that was loaded: a unit that people have renamed is still found, and its
    new name kept.
    """

    def __init__(self, model: type[Row], *names: str) -> None:
        self.model = model
        self.names = names
        # Found by key already: to look them up again would cost a query each.
        self._relations = [f.name for f in model._meta.fields if f.is_relation]
        # Whoever edits a row at this moment is waited for, not overwritten.
        locked = model._default_manager.select_for_update(of=("self",), no_key=True).order_by("pk")
        self.rows: dict[tuple[Any, ...], Row] = {
            tuple(row.loaded.get(name, present(row, name)) for name in names): row
            # Last, so that they win: a row of people's may have the number of one that moved.
            for row in sorted(locked, key=lambda row: bool(row.loaded))
        }

    def get(self, *key: Any) -> Row | None:
        """Return the row, or None."""
        return self.rows.get(key)

    def put(self, values: Mapping[str, Any], tally: Tally, **first: Any) -> Row:
        """Make the row or bring it up to the values; `first` is set only where it is made."""
        key = tuple(plain(values[name]) for name in self.names)
        row = self.rows.get(key)
        if row is not None:
            self._update(row, values, tally)
            return row
        loaded = {name: plain(value) for name, value in values.items()}
        row = self.model(**values, **first, loaded=loaded)
        self._clean(row)
        row.save(force_insert=True)
        self.rows[key] = row
        tally.created[kind_of(self.model)] += 1
        return row

    def _clean(self, row: Row) -> None:
        """Raise ValidationError, in sentences that name the row."""
        try:
            row.clean_fields(exclude=self._relations)
        except ValidationError as error:
            where = f"{kind_of(self.model)}“{str(row)[:40]}”"
            raise ValidationError(
                [
                    f"{where}，{field_of(row, name).verbose_name}：{text}"
                    for name, texts in error.message_dict.items()
                    for text in texts
                ]
            ) from None

    def _update(self, row: Row, values: Mapping[str, Any], tally: Tally) -> None:
        loaded = dict(row.loaded)
        changed: list[str] = []
        for name, value in values.items():
            model_field, wanted, now = field_of(row, name), plain(value), present(row, name)
            if now != wanted:
                if now != loaded.get(name, plain(model_field.get_default())):
                    tally.kept.append(f"{kind_of(self.model)}“{row}”：{model_field.verbose_name}")
                    continue
                setattr(row, name, value)
                changed.append(name)
            loaded[name] = wanted
        if changed or loaded != row.loaded:
            row.loaded = loaded
            self._clean(row)
            row.save(update_fields=[*changed, "loaded"])
        (tally.updated if changed else tally.unchanged)[kind_of(self.model)] += 1


def put_list(
    row: Loaded, name: str, now: list[Any], wanted: list[Any], write: Callable[[], None]
) -> bool:
    """Bring what hangs on a row (links, members) up to a list; False where people changed it."""
    before = row.loaded.get(name, [])
    if now not in (wanted, before):
        return False
    if now != wanted:
        write()
    remember(row, name, wanted)
    return True


def remember(row: Loaded, name: str, wanted: list[Any]) -> None:
    """Note on the row what was loaded beside its own fields."""
    if row.loaded.get(name, []) != wanted:
        row.loaded = {**row.loaded, name: wanted}
        row.save(update_fields=["loaded"])


def put_links(row: Loaded, name: str, others: Iterable[models.Model], tally: Tally) -> None:
    """Bring a many-to-many field up to the rows, unless people have changed it."""
    manager = getattr(row, name)
    wanted = sorted(other.pk for other in others)
    now = sorted(manager.values_list("pk", flat=True))
    if not put_list(row, name, now, wanted, lambda: manager.set(wanted)):
        label = getattr(row._meta.get_field(name), "verbose_name", name)
        tally.kept.append(f"{kind_of(type(row))}“{row}”：{label}")


def places_in_list(
    shelf: Shelf[Any], mine: list[Any], wanted: dict[tuple[Any, ...], int]
) -> dict[tuple[Any, ...], int]:
    """Return a free place for every key, as wanted where it can be; park rows that move.

    `mine` are the rows of the list. A place that people have given away stays theirs.
    """
    rows = {key: shelf.get(*key) for key in wanted}
    bound = {r.pk for r in rows.values() if r and r.order == r.loaded.get("order", r.order)}
    taken = {row.order for row in mine if row.pk not in bound}
    free = max([*taken, *(r.order for r in mine), *wanted.values()], default=0) + 1
    places: dict[tuple[Any, ...], int] = {}
    moving: list[int] = []
    for key, order in wanted.items():
        row = rows[key]
        if row is not None and row.pk not in bound:
            places[key] = order  # moved by people: `put` keeps theirs
            continue
        if order in taken:
            order = row.order if row is not None else free
            free += 1
        places[key] = order
        if row is not None and row.order != order:
            moving.append(row.pk)
    if moving:
        shelf.model._default_manager.filter(pk__in=moving).update(order=F("order") + PARKED)
    return places


@dataclass
class Run:
    """One loading: what was found wrong, and the rows that records refer to."""

    problems: Problems
    shelves: dict[type[Loaded], Any] = field(default_factory=dict)

    def shelf(self, model: type[Row], *names: str) -> Shelf[Row]:
        """Return the model's rows, read once; `names` make the key and are given once."""
        if model not in self.shelves:
            self.shelves[model] = Shelf(model, *names)
        shelf: Shelf[Row] = self.shelves[model]
        return shelf


@dataclass(frozen=True)
class Section:
    """A kind of record in files: its key at the top level, its check, its loading.

    `check` notes what is wrong without reading rows and returns the records; `apply` writes
    them, inside the one transaction of a loading.
    """

    key: str
    check: Callable[[Source, Problems], list[Raw]]
    apply: Callable[[Source, list[Raw], Run], None]
