"""Read files in YAML and hold them against the shape that they should have."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Protocol

import yaml
from django.db.models import Choices
from django.utils.translation import gettext as _

from tracker.lib.text import clean_text, first_unwanted, listed

Parser = Callable[[Any], Any]
Raw = dict[str, Any]


class LoadError(Exception):
    """The files cannot be loaded; `problems` are sentences, and nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class HasData(Protocol):
    """A file that was read."""

    label: str
    data: Raw


@dataclass
class Problems:
    """What was found wrong so far; all of it is told at once."""

    found: list[str] = field(default_factory=list)

    def add(self, where: str, sentence: object) -> None:
        """Note a sentence about the place in a file."""
        self.found.append(f"{clean_text(where)}：{sentence}")

    def raise_if_any(self) -> None:
        """Raise LoadError when something was found."""
        if self.found:
            raise LoadError(self.found)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C if built
    """YAML in which days and words such as `no` stay text, and a key may not stand twice."""

    yaml_implicit_resolvers = {
        first: [
            (tag, pattern) for tag, pattern in rules if not tag.endswith((":timestamp", ":bool"))
        ]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Raw:
        seen: set[object] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str) or key in seen:
                raise yaml.MarkedYAMLError(
                    problem=_("键“%(key)s”重复或不是文字") % {"key": key},
                    problem_mark=key_node.start_mark,
                )
            seen.add(key)
        mapping: Raw = super().construct_mapping(node, deep=deep)
        return mapping


def read_file(path: Path, label: str, problems: Problems) -> Raw:
    """Return the file's top level; an empty one when it cannot be read."""
    try:
        # A safe loader: the class above only narrows it.
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.reader.ReaderError) as error:
        problems.add(label, _("文件无法读取（%(reason)s）。") % {"reason": _unreadable(error)})
        return {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        problems.add(
            label,
            _("第%(line)s行不是有效的 YAML：%(reason)s。")
            % {"line": line, "reason": error.problem},
        )
        return {}
    except yaml.YAMLError as error:
        problems.add(label, _("不是有效的 YAML：%(reason)s。") % {"reason": error})
        return {}
    if not isinstance(data, dict):
        problems.add(label, _("文件顶层应为“键: 值”。"))
        return {}
    return data


def _unreadable(error: Exception) -> str:
    if isinstance(error, yaml.reader.ReaderError):
        return _control(chr(error.character))
    if isinstance(error, UnicodeDecodeError):
        return _("不是 UTF-8 编码，请另存为 UTF-8")
    if isinstance(error, FileNotFoundError):
        return _("没有这个文件")
    return str(getattr(error, "strerror", error))


def _control(character: str) -> str:
    return _("含有控制字符（U+%(code)s），请删去") % {"code": f"{ord(character):04X}"}


# --- what a value may be: each parser returns it or raises ValueError with a sentence -------------


def text(value: Any) -> str:
    """Words; a number written without quotes is taken as written."""
    if not isinstance(value, str | int | float):
        raise ValueError(_("应为文字，而不是“%(value)s”") % {"value": value})
    words = str(value).strip()
    if unwanted := first_unwanted(words):
        raise ValueError(_control(unwanted))
    if words.startswith("="):
        raise ValueError(_("不能以“=”开头，而现在是“%(value)s”") % {"value": words[:40]})
    return words


def name(value: Any) -> str:
    """Words that may not be empty."""
    words = text(value)
    if not words:
        raise ValueError(_("不能为空"))
    return words


def slug(value: Any) -> str:
    """A code such as joint-2022."""
    words = text(value)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", words) or len(words) > 50:
        raise ValueError(
            _("应为小写字母、数字和连字符（如 joint-2022），而不是“%(value)s”") % {"value": words}
        )
    return words


def place_code(value: Any) -> str:
    """Six digits of GB/T 2260."""
    words = text(value)
    if not re.fullmatch(r"\d{6}", words):
        raise ValueError(
            _("应为六位行政区划代码（如 500116），而不是“%(value)s”") % {"value": words}
        )
    return words


def day(value: Any) -> datetime.date:
    """A day as 2022-02-23."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text(value)):
            raise ValueError
        return datetime.date.fromisoformat(text(value))
    except ValueError:
        raise ValueError(
            _("应为存在的日期（如 2022-02-23），而不是“%(value)s”") % {"value": value}
        ) from None


def whole(value: Any) -> int:
    """A whole number from 1 up."""
    if not isinstance(value, int) or not 1 <= value <= 32767:
        raise ValueError(_("应为正整数，而不是“%(value)s”") % {"value": value})
    return value


def number(value: Any) -> Decimal:
    """A number."""
    try:
        amount = Decimal(text(value))
    except (InvalidOperation, ValueError):
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise ValueError(_("应为数字，而不是“%(value)s”") % {"value": value})
    return amount


def choice(choices: type[Choices]) -> Parser:
    """One of the words of a list."""

    def parse(value: Any) -> str:
        if value not in choices.values:
            raise ValueError(
                _("应为%(choices)s之一，而不是“%(value)s”")
                % {"choices": listed(choices.values), "value": value}
            )
        return str(value)

    return parse


def many(parser: Parser) -> Parser:
    """A list of such values."""

    def parse(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(_("应为列表，而不是“%(value)s”") % {"value": value})
        return [parser(item) for item in value]

    return parse


def record(value: Any) -> Raw:
    """Keys and values, checked on their own later."""
    if not isinstance(value, dict):
        raise ValueError(_("应为“键: 值”，而不是“%(value)s”") % {"value": value})
    return value


records = many(record)


@dataclass(frozen=True)
class Key:
    """A key of a record: how its value is read, and what stands where there is none."""

    parse: Parser
    required: bool = False
    default: Any = None


WORDS = Key(text, default="")
NAME = Key(name, required=True)
DAY = Key(day)
RECORDS = Key(records, default=())


def checked(raw: Raw, keys: Mapping[str, Key], where: str, problems: Problems) -> Raw | None:
    """Return the record with every key of the shape; None when something is wrong with it."""
    before = len(problems.found)
    for unknown in raw.keys() - keys.keys():
        problems.add(
            where,
            _("未知的键“%(key)s”。可用的键：%(keys)s。") % {"key": unknown, "keys": listed(keys)},
        )
    values: Raw = {}
    for key, rule in keys.items():
        if raw.get(key) is None:
            if rule.required:
                problems.add(where, _("缺少“%(key)s”。") % {"key": key})
            values[key] = rule.default
            continue
        try:
            values[key] = rule.parse(raw[key])
        except ValueError as error:
            problems.add(where, _("“%(key)s”%(reason)s。") % {"key": key, "reason": error})
    return values if len(problems.found) == before else None


def record_list(
    source: HasData, key: str, keys: Mapping[str, Key], called: str, kind: str, problems: Problems
) -> list[Raw]:
    """Return the sound records under a key of a file, each with `where` it stands.

    `called` is the key by which people know a record; failing that its number in the list is told.
    """
    try:
        raws = records(source.data.get(key) or [])
    except ValueError as error:
        problems.add(source.label, _("“%(key)s”%(reason)s。") % {"key": key, "reason": error})
        return []
    rows: list[Raw] = []
    for number_in_list, raw in enumerate(raws, 1):
        where = f"{source.label}，{kind}“{raw.get(called) or number_in_list}”"
        row = checked(raw, keys, where, problems)
        if row is not None:
            rows.append(row | {"where": where})
    return rows


def unique(rows: list[Raw], key: str, problems: Problems) -> None:
    """Note every record whose value of the key stands a second time."""
    seen: set[Any] = set()
    for row in rows:
        if row[key] in seen:
            problems.add(
                row["where"], _("“%(key)s”%(value)s重复。") % {"key": key, "value": row[key]}
            )
        seen.add(row[key])
