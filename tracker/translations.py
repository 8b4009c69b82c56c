"""The English catalogue: collected, checked and compiled with Babel, without gettext's tools.

Chinese texts in the source are the message ids; `tracker/locale/en` holds the English.
"""

import ast
import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("tracker", "units", "tasks", "reports")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_t": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What templatize makes of a template's tags: a call with up to three literals.
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(
    rf"\b(?P<name>n?p?gettext|_)\(\s*(?P<args>{LITERAL}(?:\s*,\s*{LITERAL}){{0,2}})", re.DOTALL
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sd]")

# A date in the header would change the file at each update.
NO_DATE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


class Message(NamedTuple):
    """A text of the source: its id, its plural and its context where it has them."""

    one: str
    many: str = ""
    context: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        """As the catalogue names it."""
        return (self.one, self.many) if self.many else self.one


def po_path() -> Path:
    return Path(settings.BASE_DIR) / "tracker/locale/en/LC_MESSAGES/django.po"


def messages() -> set[Message]:
    """Every text in the source."""
    found: set[Message] = set()
    for app in APPS:
        root = Path(settings.BASE_DIR) / app
        for path in sorted(root.rglob("*.py")):
            if "migrations" not in path.parts:
                found.update(_in_python(path))
        for path in sorted(root.rglob("templates/**/*")):
            if path.is_file():
                found.update(_in_template(path))
    return {message for message in found if message.one}


def _in_python(path: Path) -> Iterator[Message]:
    for _line, message, _comments, context in extract_from_file("python", path, keywords=KEYWORDS):
        ids = [message] if isinstance(message, str) else list(message)
        yield Message(ids[0], "".join(ids[1:]), context or "")


def _in_template(path: Path) -> Iterator[Message]:
    for call in CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        args = [ast.literal_eval(one) for one in re.findall(LITERAL, call["args"], re.DOTALL)]
        context = args.pop(0) if "pg" in call["name"] else ""
        yield Message(
            args[0],
            "".join(args[1:2]) if "ng" in call["name"] or "np" in call["name"] else "",
            context,
        )


def read_catalogue() -> Catalog:
    if not po_path().exists():
        return Catalog(locale="en")
    with po_path().open("rb") as file:
        return read_po(file, locale="en")


def update() -> tuple[int, int]:
    """Bring the catalogue in step with the source; returns (entries, still without English)."""
    old = read_catalogue()
    new = Catalog(
        locale="en",
        project="tanzetong",
        header_comment="# English texts of Tanzetong.",
        charset="utf-8",
        fuzzy=False,
        creation_date=NO_DATE,
        revision_date=NO_DATE,
    )
    for message in messages():
        known = old.get(message.one, message.context or None)
        texts = _texts(known.string) if known is not None else []
        # A text that got a plural, or lost it, keeps the English that it had.
        new.add(
            message.id,
            tuple((texts * 2)[:2]) if message.many else "".join(texts[:1]),
            context=message.context or None,
        )
    po_path().parent.mkdir(parents=True, exist_ok=True)
    with po_path().open("wb") as file:
        write_po(file, new, sort_output=True, no_location=True, width=100, omit_header=False)
    return len(new), len(missing())


def missing() -> list[str]:
    """What stands in the source without an English text, or with other placeholders."""
    catalogue = read_catalogue()
    problems: list[str] = []
    for message in sorted(messages()):
        entry = catalogue.get(message.one, message.context or None)
        texts = _texts(entry.string if entry is not None else "")
        if not texts or not all(texts) or (entry is not None and entry.fuzzy):
            problems.append(f"no English: {message.one}")
        elif bool(message.many) != (len(texts) > 1):
            problems.append(f"one English where two are wanted, or the reverse: {message.one}")
        elif _differ(message, texts):
            problems.append(f"placeholders differ: {message.one}")
    return problems


def _differ(message: Message, texts: list[str]) -> bool:
    """Whether a text says other things than its source; a singular may leave its number out."""
    wanted = _placeholders(message.one)
    if not message.many:
        return _placeholders(texts[0]) != wanted
    one, *others = (_placeholders(text) for text in texts)
    left_out = wanted - one
    too_much = one - wanted or len(left_out) > 1 or not left_out <= _numbers(message.one)
    return bool(too_much) or any(other != wanted for other in others)


def _texts(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [string] if isinstance(string, str) else list(string or [])


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def _numbers(text: str) -> set[str]:
    """The placeholders that may stand for a number: those of Python's, all of templates'."""
    marks = _placeholders(text)
    whole = {mark for mark in marks if mark.endswith("d")}
    return whole or marks


def compile_catalogue() -> bool:
    """Write the .mo file where it is older than the .po; True where it was written."""
    source, target = po_path(), po_path().with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    beside = target.with_suffix(".mo.new")
    with beside.open("wb") as file:
        write_mo(file, read_catalogue())
    beside.replace(target)
    return True
