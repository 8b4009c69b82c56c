"""A list of units as a document writes it: 市能源局牵头，市发展改革委、市经济信息委配合."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tasks.models import Responsibility
from tasks.services.duties import DutyText
from tasks.states import Role
from units.models import Jurisdiction, Unit
from units.services.names import UnitIndex, UnitNameError
from units.services.succession_rules import heirs_of, why_gone

MOST = 100  # names in one list
_HEADS = {
    Role.LEAD: re.compile(r"^(?:责任)?牵头(?:单位|部门)?[:：]\s*"),
    Role.COOPERATING: re.compile(r"^(?:配合|责任|参与|参加)(?:单位|部门)?[:：]\s*"),
}
_TAILS = {
    Role.LEAD: re.compile(r"牵头(?:负责)?$"),
    Role.COOPERATING: re.compile(r"(?:等)?(?:单位|部门)?(?:按职责分工负责|配合|参与|参加)$"),
}
_PARTS = re.compile(r"[;；。\n]+")
_NAMES = re.compile(r"[、,，\t]+")
_OUTER = re.compile(r"^[（(](.*)[)）]$", re.S)


@dataclass(frozen=True)
class Line:
    """A name of the list: what it was taken for, or why it was not.

    `suggested` are names that may be meant; `left_out` says why a unit that was found is not
    taken: one that leads does not cooperate as well.
    """

    written: str
    role: Role
    unit: Unit | None = None
    problem: str = ""
    suggested: tuple[str, ...] = ()
    left_out: str = ""


def read(
    text: str,
    *,
    role: Role,
    within: Jurisdiction | None,
    present: Sequence[Responsibility] = (),
) -> list[Line]:
    """Each name with its unit or a sentence; `role` where the words tell none.

    `within` is the place in whose documents the names stand; `present` are the task's duties.
    """
    names = _names(text, role)[: MOST + 1]
    if not names:
        return []
    index = UnitIndex.load()
    known = {row.unit_id: row.role for row in present}
    lines = [_line(name, said, index, within, known) for name, said in names[:MOST]]
    too_many = _("一次最多%(n)d个单位。") % {"n": MOST}
    return lines + [Line(name, said, problem=too_many) for name, said in names[MOST:]]


def _line(
    written: str,
    role: Role,
    index: UnitIndex,
    within: Jurisdiction | None,
    known: dict[int, str],
) -> Line:
    """What a name is taken for; `known` has the units before it, and takes its unit in."""
    try:
        unit = index.find(written, within=within)
    except UnitNameError as error:
        suggested = tuple(error.suggested)
        return Line(written[:100], role, problem=str(error), suggested=suggested)
    if gone := why_gone(unit):
        heirs = tuple(heir.name for heir in heirs_of(unit))
        return Line(written, role, problem=gone, suggested=heirs)
    standing = known.get(unit.pk)
    if standing is None:
        known[unit.pk] = role.value
        return Line(written, role, unit)
    if standing != role.value:
        words = {"role": Role(standing).label}
        return Line(written, role, unit, left_out=_("已是%(role)s单位，已略去") % words)
    twice = {"unit": unit.name, "role": str(role.label)}
    problem = _("“%(unit)s”在本任务中已列为%(role)s单位，不能重复。") % twice
    return Line(written, role, problem=problem)


def _names(text: str, role: Role) -> list[tuple[str, Role]]:
    names: list[tuple[str, Role]] = []
    for part in _PARTS.split(_unwrapped(text)):
        said = role
        part = _unwrapped(part)
        for kind, head in _HEADS.items():
            if head.match(part):
                said, part = kind, head.sub("", part)
        found: list[tuple[str, Role | None]] = []
        for name in _NAMES.split(part):
            name, told = _tail(name.strip())
            if told is not None:
                # 甲局、乙局配合: the word at the end is said of all before it.
                found = [(n, r or told) for n, r in found]
            if name:
                found.append((name, told))
        names += [(n, r or said) for n, r in found]
    return names


def _unwrapped(text: str) -> str:
    text = text.strip()
    found = _OUTER.match(text)
    return found[1].strip() if found else text


def _tail(name: str) -> tuple[str, Role | None]:
    for kind, tail in _TAILS.items():
        if tail.search(name):
            return tail.sub("", name).strip(), kind
    return name.removesuffix("等").strip(), None


def texts_of(lines: Sequence[Line], side: Jurisdiction | None) -> list[DutyText]:
    """What the lines with a unit make. A central body that cooperates is of no side."""
    texts: list[DutyText] = []
    for line in lines:
        if line.unit is None or line.left_out:
            continue
        none = line.unit.is_central and line.role == Role.COOPERATING
        texts.append(
            DutyText(
                unit=line.unit,
                role=line.role,
                side=None if none and line.unit.jurisdiction_id is None else side,
                written=line.written,
            )
        )
    return texts


def is_takeable(lines: Sequence[Line]) -> bool:
    """Every name is known, and at least one is new to the task."""
    wrong = any(line.problem for line in lines)
    return not wrong and any(line.unit and not line.left_out for line in lines)


_BEFORE = r"(?:^|(?<=[、,，\s;；。:：（(]))"
_AFTER = r"(?=$|[、,，\s;；。)）]|牵头|配合|参与|参加|按职责|等)"


def choose(text: str, written: str, name: str) -> str:
    """The list with a name that was not known, wherever it stands alone, put right."""
    return re.sub(_BEFORE + re.escape(written) + _AFTER, lambda _found: name, text)
