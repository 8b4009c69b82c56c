"""Words that a book says in thousands of rows: the catalogue is asked for each once."""

import functools

from django.db.models import TextChoices
from django.utils.translation import gettext, override

from tracker.lib.text import listed


@functools.lru_cache(maxsize=1024, typed=True)  # members of two kinds may have one value
def said(word: str | TextChoices, language: str | None) -> str:
    """The msgid, or the member's label, in the language."""
    with override(language):
        return str(word.label) if isinstance(word, TextChoices) else gettext(word)


@functools.lru_cache(maxsize=16)
def between(language: str | None) -> str:
    """What stands between the items of a list."""
    with override(language):
        return listed(["", ""])
