"""Keep rows in step with files without touching what people have entered."""

import datetime
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from units.models import Document, Jurisdiction, Region, Unit
from units.models.documents import Loaded
from units.services.load.shape import Problems, Raw
from units.services.names import UnitIndex, UnitNameError


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


class Shelf[Row: Loaded]:
    """The rows of a model by natural key."""

    def __init__(self, rows: models.QuerySet[Row], key: Callable[[Row], Hashable]) -> None:
        self.model = rows.model
        # Whoever edits a row at this moment is waited for, not overwritten.
        locked = rows.select_for_update(of=("self",), no_key=True)
        self.rows: dict[Hashable, Row] = {key(row): row for row in locked}
        self.kind = str(rows.model._meta.verbose_name)

    def get(self, key: Hashable) -> Row | None:
        """Return the row, or None."""
        return self.rows.get(key)

    def put(
        self,
        key: Hashable,
        values: Mapping[str, Any],
        tally: Tally,
        *,
        identity: Mapping[str, Any],
        first: Mapping[str, Any] | None = None,
    ) -> Row:
        """Make the row or bring it up to the values; `first` is set only where it is made."""
        row = self.rows.get(key)
        if row is None:
            loaded = {name: plain(value) for name, value in values.items()}
            row = self.model(**identity, **values, **(first or {}), loaded=loaded)
            row.save(force_insert=True)
            self.rows[key] = row
            tally.created[self.kind] += 1
        else:
            self._update(row, values, tally)
        return row

    def _update(self, row: Row, values: Mapping[str, Any], tally: Tally) -> None:
        loaded = dict(row.loaded)
        changed: list[str] = []
        for name, value in values.items():
            model_field = row._meta.get_field(name)
            assert isinstance(model_field, models.Field)
            present, wanted = plain(getattr(row, model_field.attname)), plain(value)
            if present != wanted:
                if present != loaded.get(name, plain(model_field.get_default())):
                    tally.kept.append(f"{self.kind}“{row}”：{model_field.verbose_name}")
                    continue
                setattr(row, name, value)
                changed.append(name)
            loaded[name] = wanted
        self.finish(row, loaded, changed, tally)

    def finish(self, row: Row, loaded: Raw, changed: list[str], tally: Tally) -> None:
        """Save what changed, and count."""
        if changed or loaded != row.loaded:
            row.loaded = loaded
            row.save(update_fields=[*changed, "loaded"])
        (tally.updated if changed else tally.unchanged)[self.kind] += 1

    def put_links(self, row: Row, name: str, wanted: Iterable[models.Model], tally: Tally) -> None:
        """Bring a many-to-many field up to the rows, unless people have changed it."""
        manager = getattr(row, name)
        goal = sorted(other.pk for other in wanted)
        present = sorted(manager.values_list("pk", flat=True)) if row.loaded.get(name) else []
        if not row.loaded.get(name):
            present = sorted(manager.values_list("pk", flat=True))
        if present != goal:
            if present != row.loaded.get(name, []):
                label = row._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # a field
                tally.kept.append(f"{self.kind}“{row}”：{label}")
                return
            manager.set(goal)
        if row.loaded.get(name, []) != goal:
            row.loaded = {**row.loaded, name: goal}
            row.save(update_fields=["loaded"])


@dataclass
class Run:
    """One loading: what was found wrong, and the rows that records refer to."""

    problems: Problems
    index: UnitIndex | None = None
    shelves: dict[type[models.Model], Any] = field(default_factory=dict)

    def shelf[Row: Loaded](
        self, model: type[Row], key: Callable[[Row], Hashable]
    ) -> Shelf[Row]:
        """Return the model's rows, read once."""
        if model not in self.shelves:
            self.shelves[model] = Shelf(model._default_manager.all(), key)
        shelf: Shelf[Row] = self.shelves[model]
        return shelf

    @property
    def documents(self) -> Shelf[Document]:
        return self.shelf(Document, lambda row: row.code)

    @property
    def places(self) -> Shelf[Jurisdiction]:
        return self.shelf(Jurisdiction, lambda row: row.code)

    @property
    def regions(self) -> Shelf[Region]:
        return self.shelf(Region, lambda row: row.code)

    def look_up[Row: Loaded](
        self, shelf: Shelf[Row], key: str | None, where: str
    ) -> Row | None:
        """Return the row of a code; a problem is noted where there is none."""
        row = shelf.get(key) if key else None
        if key and row is None:
            self.problems.add(
                where,
                _("没有代码为“%(code)s”的%(kind)s：请先登记或改正代码。")
                % {"code": key, "kind": shelf.kind},
            )
        return row

    def unit(self, words: str, within: Jurisdiction | None, where: str) -> Unit | None:
        """Return the unit of a name; a problem is noted where there is none."""
        self.index = self.index or UnitIndex.load()
        try:
            return self.index.find(words, within=within)
        except UnitNameError as error:
            self.problems.add(where, error)
            return None


@dataclass(frozen=True)
class Section:
    """A kind of record in files: its key at the top level, its check, its loading.

    `check` notes what is wrong without reading rows and returns the records; `apply` writes
    them, inside the one transaction of a loading.
    """

    key: str
    check: Callable[[Source, Problems], list[Raw]]
    apply: Callable[[Source, list[Raw], Run], None]
