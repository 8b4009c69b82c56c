"""Lists of the web with columns that a person chooses: the page and the workbook show the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tracker.lib.columns import Cell, Column, Sheet, Words
from tracker.lib.heads import with_room
from tracker.lib.text import clean_text, listed

PARAMETER: Final = "columns"
LONGEST: Final = 1000  # of the parameter
WIDE: Final = 150.0  # of columns that can still be read on A4 across


@dataclass(frozen=True)
class Head:
    """A column of a web list.

    `sort` is the key of `?ordering=`, `css` a class of parts.css. `shown` says whether the column
    is there before anybody chooses, `fixed` that nobody can take it away, `whose` who is offered
    it. `parts` are its columns in a workbook where one cell of the page says several things; what
    is `on_page_only` has none.
    """

    column: Column
    model: type[Model] | None = None
    sort: str = ""
    css: str = ""
    span: int = 1
    shown: bool = True
    fixed: bool = False
    whose: Callable[[Any], bool] | None = None
    parts: tuple[Column, ...] = ()
    on_page_only: bool = False

    @property
    def key(self) -> str:
        """The name in addresses and in what is kept."""
        return self.column.path

    @property
    def label(self) -> str:
        return self.column.head(self.model)

    def for_book(self) -> tuple[Column, ...]:
        """Its columns in a workbook."""
        return () if self.on_page_only else self.parts or (self.column,)


@dataclass(frozen=True)
class ListOf:
    """A list: the name of its address, its title, and every column that it can show, in order.

    `verb` is what the log calls its export.
    """

    page: str
    title: Words
    heads: tuple[Head, ...]
    model: type[Model] | None = None
    verb: str = "list.export"

    def offered(self, user: Any) -> list[Head]:
        """The columns that the person may see."""
        return [head for head in self.heads if head.whose is None or head.whose(user)]

    def usual(self, user: Any) -> list[Head]:
        """Those that are there before the person chooses."""
        return [head for head in self.offered(user) if head.shown or head.fixed]

    def known(self, user: Any, names: Iterable[str]) -> list[Head]:
        """Those of the names that there still are, in their order; the usual where none is."""
        by_name = {head.key: head for head in self.offered(user)}
        found = [by_name[name] for name in dict.fromkeys(names) if name in by_name]
        return self._with_fixed(user, found) if found else self.usual(user)

    def picked(self, user: Any, names: Sequence[str]) -> list[Head]:
        """Those of the names. Raises ValidationError for one that is not offered to the person."""
        offered = self.offered(user)
        keys = [head.key for head in offered]
        wrong = [name for name in names if name not in keys]
        if wrong:
            raise ValidationError(
                _("“%(list)s”没有名为“%(name)s”的列，可用：%(known)s。")
                % {
                    "list": self.title,
                    "name": clean_text(wrong[0])[:50],
                    "known": listed(keys),
                }
            )
        return self.known(user, names)

    def _with_fixed(self, user: Any, found: list[Head]) -> list[Head]:
        """What nobody can take away stands in front where it was left out."""
        missing = [head for head in self.offered(user) if head.fixed and head not in found]
        return [*missing, *found]

    def sheet(self, heads: Iterable[Head], title: str = "") -> Sheet:
        """The columns as a sheet; on A3 where they are too wide for A4."""
        columns: list[Column] = []
        for head in heads:
            # A head without words takes those of its own model.
            columns += [with_room(_named(column, head)) for column in head.for_book()]
        paper: Literal["A3", "A4"] = "A3" if sum(c.width for c in columns) > WIDE else "A4"
        empty = _("没有符合条件的记录。")
        return Sheet("list", title or self.title, columns, paper=paper, empty=empty)


def _named(column: Column, head: Head) -> Column:
    return column if column.label else replace(column, label=column.head(head.model))


def at(path: str) -> Callable[[Any], Cell]:
    """The value at the end of the path, for a column of another name."""
    return Column(path).cell


LISTS: Final[dict[str, ListOf]] = {}


def register(one: ListOf) -> ListOf:
    """Make the list known to who keeps the choices."""
    LISTS[one.page] = one
    return one


def names_in(text: str) -> list[str]:
    """The names of `?columns=number,title`."""
    return [name.strip() for name in text[:LONGEST].split(",") if name.strip()]


def words_of(form: Any, leave_out: Iterable[str] = ()) -> str:
    """The filters that are set, in words: 方案：…；灯：逾期."""
    found = []
    for name, value in getattr(form, "cleaned_data", {}).items():
        if value in (None, "", []) or name in leave_out or name not in form.fields:
            continue
        field = form.fields[name]
        told = {"label": field.label or name, "value": _value(field, value)}
        if not isinstance(value, bool):
            found.append(_("%(label)s：%(value)s") % told)
        elif value:  # a tick says itself what is asked for
            found.append(str(told["label"]))
    return in_a_row(found)


def in_a_row(words: Iterable[str]) -> str:
    """What is set, with the sign of the reader's language between."""
    return pgettext("between filters", "；").join(words)


def _value(field: Any, value: Any) -> str:
    if isinstance(value, list | tuple):
        return listed(_value(field, one) for one in value)
    if isinstance(value, Model):
        return str(getattr(value, "name", "") or value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    return str(getattr(value, "label", value))


def rows_in_words(number: int) -> str:
    """共23行."""
    return ngettext("共%(number)d行", "共%(number)d行", number) % {"number": number}
