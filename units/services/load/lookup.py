"""Rows that records refer to: found, or a problem noted."""

from typing import Any

from django.utils.translation import gettext as _

from units.models import Document, Jurisdiction, Office, Region, Unit
from units.services.load.shape import Raw
from units.services.load.sync import Row, Run, Shelf, kind_of
from units.services.names import UnitIndex, UnitNameError


def documents(run: Run) -> Shelf[Document]:
    return run.shelf(Document, "code")


def places(run: Run) -> Shelf[Jurisdiction]:
    return run.shelf(Jurisdiction, "code")


def regions(run: Run) -> Shelf[Region]:
    return run.shelf(Region, "code")


def units(run: Run) -> Shelf[Unit]:
    return run.shelf(Unit, "name")


def offices(run: Run) -> Shelf[Office]:
    return run.shelf(Office, "name")


def look_up(run: Run, shelf: Shelf[Row], key: Any, where: str) -> Row | None:
    """Return the row of a key (None for none); a problem is noted where there is no such row."""
    row = shelf.get(key) if key is not None else None
    if key is not None and row is None:
        run.problems.add(
            where,
            _("没有%(kind)s“%(key)s”：请先登记，或改正此处。")
            % {"kind": kind_of(shelf.model), "key": key},
        )
    return row


class Finder:
    """Units by any name, read once for a loading."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.index: UnitIndex | None = None

    def unit(self, words: str, within: Jurisdiction | None, where: str) -> Unit | None:
        """Return the unit of a name; a problem is noted where there is none."""
        loaded = units(self.run).get(words)
        if loaded is not None:
            return loaded
        self.index = self.index or UnitIndex.load()
        try:
            return self.index.find(words, within=within)
        except UnitNameError as error:
            self.run.problems.add(where, error)
            return None


def source_of(run: Run, code: str | None, record: Raw, where: str) -> Raw:
    """Return the document and clause that a row names."""
    return {
        "document": look_up(run, documents(run), code, where),
        "clause": record.get("clause", ""),
    }
