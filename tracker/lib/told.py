"""Sentences that are stored, and worded when somebody reads them, in that reader's language.

`from tracker.lib.told import told as _` instead of gettext: what it gives is the sentence in the
language of the moment, and remembers its msgid and what it names.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext


class Told(str):
    """A sentence, worded; `msgid` and `words` say it again in another language."""

    msgid: str = ""
    words: Mapping[str, Any] = {}

    def __str__(self) -> str:
        """Itself: of an error that was raised with it, `str` gives it back whole."""
        return self

    def __mod__(self, words: Any) -> "Told":
        """The sentence with what it names."""
        return _worded(self.msgid, words)


def told(msgid: str) -> Told:
    """The sentence in the language of the moment."""
    return _worded(msgid, {})


def _worded(msgid: str, words: Mapping[str, Any]) -> Told:
    said = {name: _bare(value) for name, value in words.items()}
    text = gettext(msgid)
    found = Told(str.__mod__(text, said) if said else text)
    found.msgid, found.words = msgid, said
    return found


def _bare(value: Any) -> Any:
    """What an error says instead of the error; numbers stay numbers."""
    if isinstance(value, Exception):
        value = value.args[0] if value.args else ""
    return value if isinstance(value, str | int | float) else str(value)


def sentence_of(error: ValidationError) -> str:
    """What it says: one sentence as it was told, more of them in one."""
    messages = error.messages
    return messages[0] if len(messages) == 1 else " ".join(messages)


def stored(sentence: str) -> str | list[Any]:
    """As JSON holds it: [msgid, words], or the text of what is no such sentence."""
    if not isinstance(sentence, Told):
        return sentence
    words = {k: stored(v) if isinstance(v, str) else v for k, v in sentence.words.items()}
    return [sentence.msgid, words]


def worded(kept: Any) -> str:
    """What was stored, in the language of the moment."""
    if not isinstance(kept, list):
        return str(kept or "")
    msgid, words = kept
    return _worded(msgid, {k: worded(v) if isinstance(v, list) else v for k, v in words.items()})


class ToldField(models.JSONField):
    """A sentence in a row, worded when the row is read."""

    def from_db_value(
        self, value: Any, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        """The sentence in the reader's language."""
        kept = super().from_db_value(value, expression, connection)
        return None if kept is None else worded(kept)

    def get_prep_value(self, value: Any) -> Any:
        """The sentence as it is kept."""
        return super().get_prep_value(stored(value) if isinstance(value, str) else value)
