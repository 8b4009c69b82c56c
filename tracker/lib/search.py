"""Search for any characters of a text, in PostgreSQL and without an extension.

The database function `search_grams(text)` gives the codes of a text's characters and of its
pairs of neighbouring characters; a GIN index on that expression answers which rows hold all
pairs of a word. It needs no upkeep: the database keeps it, as any index. Words of one or two
characters are answered by the index alone, longer ones are looked for again in the rows found
(`search_fold`). Full-width and half-width forms and the letters' case are alike.

The functions and indexes are made by the migrations called `search`; a `Text` must name its
columns as the index does, or the database reads every row.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from tracker.lib.text import clean_text

LONGEST = 100  # characters of a search
_BITS = 21  # of a character's code
_LOWER = {ord(c): ord(c.lower()) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def fold(text: str) -> str:
    """As the database function `search_fold`: one form for each character, small letters."""
    return unicodedata.normalize("NFKC", text).translate(_LOWER)


def words_of(text: str) -> list[str]:
    """The words of a search, folded, each once; all of them must stand somewhere."""
    return list(dict.fromkeys(fold(clean_text(text))[:LONGEST].split()))


def codes_of(words: Iterable[str]) -> list[int]:
    """Of the codes that `search_grams` gives for a text, those that it must have."""
    codes: dict[int, None] = {}
    for word in words:
        if len(word) == 1:
            codes[ord(word)] = None
        for first, second in pairwise(word):
            codes[ord(first) << _BITS | ord(second)] = None
    return list(codes)


class Text(Func):
    """Columns in a row, as an index of `search_grams` names them. `number` is one of digits."""

    template = "(%(expressions)s)"
    arg_joiner = " || E'\\n' || "
    output_field = TextField()

    def __init__(self, *columns: str) -> None:
        parts: list[Combinable] = [F(column) for column in columns]
        for place, column in enumerate(columns):
            if column.endswith("number"):
                parts[place] = Cast(F(column), TextField())
        super().__init__(*parts)


class Grams(Func):
    """The codes of a text."""

    function = "search_grams"
    output_field = ArrayField(BigIntegerField())


class Folded(Func):
    """A text in the form in which words are compared with it."""

    function = "search_fold"
    output_field = TextField()


class _Holds(Func):
    template = "%(expressions)s"
    arg_joiner = " @> "
    output_field = BooleanField()
    conditional = True


def says(text: Combinable, words: Sequence[str]) -> Q:
    """Condition: the text holds all the words, of which there must be one."""
    codes: Any = Value(codes_of(words), output_field=ArrayField(BigIntegerField()))
    condition = Q(_Holds(Grams(text), codes))
    for word in words:
        if len(word) > 2:
            condition &= Q(GreaterThan(StrIndex(Folded(text), Value(word)), 0))
    return condition


def parts(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The text in pieces, and for each whether it is one of the words: what a page marks."""
    letters = [fold(letter) for letter in text]
    folded = "".join(letters)
    origin = [place for place, letter in enumerate(letters) for _ in letter]
    marked = [False] * len(text)
    for word in words:
        at = folded.find(word)
        while at >= 0:
            for place in range(origin[at], origin[at + len(word) - 1] + 1):
                marked[place] = True
            at = folded.find(word, at + 1)
    pieces: list[tuple[str, bool]] = []
    for letter, is_hit in zip(text, marked, strict=True):
        if pieces and pieces[-1][1] == is_hit:
            pieces[-1] = (pieces[-1][0] + letter, is_hit)
        else:
            pieces.append((letter, is_hit))
    return pieces


def excerpt(text: str, words: Sequence[str], length: int = 60) -> str:
    """The part of a long text in which the first of the words stands; … where it goes on."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    folded = "".join(fold(letter)[:1] or " " for letter in text)  # as many characters as the text
    places = [at for word in words if (at := folded.find(word)) >= 0]
    start = max(0, min(min(places, default=0) - length // 4, len(text) - length))
    end = start + length
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


MOST = 100  # rows of a kind that a search finds; beyond that it says “100+”
CANDIDATES = 300  # rows that are put in order; words that stand in more are no search


def first_found(rows: Any, conditions: Iterable[Q], ordering: Sequence[str]) -> list[int]:
    """Keys of rows that meet a condition, those of the earlier conditions first.

    At most one more than `MOST`. Within a condition they are in order as far as there are no
    more than `CANDIDATES`; so a word that stands in every row costs no more than a rare one.
    """
    found: list[int] = []
    for condition in conditions:
        wanted = MOST + 1 - len(found)
        if wanted <= 0:
            break
        some = rows.filter(condition).exclude(pk__in=found).order_by().values("pk")[:CANDIDATES]
        best = rows.model._default_manager.filter(pk__in=some).order_by(*ordering, "pk")
        found += best.values_list("pk", flat=True)[:wanted]
    return found


def holders_by_word(rows: Any, text: Text, words: Sequence[str]) -> dict[str, list[int]]:
    """For each word the keys of the rows whose text holds it: one query, for small tables."""
    anywhere = Q()
    for word in words:
        anywhere |= says(text, [word])
    found = list(rows.filter(anywhere).values_list("pk", Folded(text)).order_by()[:CANDIDATES])
    return {word: [key for key, form in found if word in form] for word in words}
