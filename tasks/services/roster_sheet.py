"""Finds the table of people and contacts in a sheet, however its heads are written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tracker.lib.excel.reader import Line, Page, UnreadableFile, read_book
from units.states import UNIT_ROLES, Role

LONGEST_NAME = 4  # characters of one Chinese name
HEAD_WITHIN = 20  # lines: titles, notes and dates stand above
FEWEST_HEADS = 2  # of those known, the unit's among them
HEADS: dict[str, tuple[str, ...]] = {
    "unit": ("单位", "单位名称", "责任单位", "工作单位", "部门", "部门单位", "unit"),
    "name": ("姓名", "联络员", "联络员姓名", "联系人", "人员", "name"),
    "post": ("职务", "职务职级", "现任职务", "职位", "岗位", "post"),
    "phone": (
        "电话", "联系电话", "办公电话", "手机", "手机号", "手机号码", "联系方式", "电话号码",
        "座机", "phone",
    ),
    "email": ("邮箱", "电子邮箱", "邮箱地址", "电子邮件", "邮件", "email", "e-mail"),
    "role": ("角色", "系统角色", "人员类别", "role"),
    "leader": ("责任领导", "分管领导", "分管负责人", "责任人", "领导", "leader"),
    "division": ("责任处室", "责任科室", "处室", "科室", "承办处室", "牵头处室", "division"),
}  # fmt: skip
ROLE_WORDS = {
    **{str(role.value): role for role in UNIT_ROLES},
    "填报人": Role.OFFICER, "填报员": Role.OFFICER, "填报": Role.OFFICER, "经办人": Role.OFFICER,
    "审签人": Role.SIGNER, "审签": Role.SIGNER, "审核人": Role.SIGNER, "签发人": Role.SIGNER,
    "联络员": Role.LIAISON, "联络人": Role.LIAISON, "联系人": Role.LIAISON,
}  # fmt: skip
FIELD_OF = {word: field for field, words in HEADS.items() for word in words}
MUCH_TOO_LONG = {"unit": 100, "name": 50, "post": 50, "phone": 30, "email": 254,
                 "role": 20, "leader": 50, "division": 100}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A line of the table as written. `from_above` is a unit that stands in the line before."""

    number: int
    unit: str = ""
    name: str = ""
    post: str = ""
    phone: str = ""
    email: str = ""
    role: str = ""
    leader: str = ""
    division: str = ""
    from_above: bool = False


def read_entries(content: bytes) -> list[Entry]:
    """The lines of the first sheet that has the table. Raises UnreadableFile."""
    for page in read_book(content):
        found = _head_of(page)
        if found:
            entries = list(_entries(page.lines[found[1] :], found[0]))
            if not entries:
                raise UnreadableFile(
                    _("工作表“%(title)s”只有表头，没有人员。") % {"title": page.title}
                )
            return entries
    raise UnreadableFile(
        _("没有找到表头：请在一行内写明“单位”“姓名”“职务”“电话”“邮箱”“角色”“责任领导”“责任处室”。")
    )


def _plain(text: str) -> str:
    """单 位（必填）* is 单位."""
    return re.sub(r"[\s*＊:：、/·]|\(.*?\)|（.*?）|\[.*?\]", "", text).lower()


def _head_of(page: Page) -> tuple[dict[int, str], int] | None:
    """Which column is what, and the place of the first line beneath the heads.

    Heads may take two lines, of which the upper is merged over the lower (联系方式: 电话, 邮箱).
    """
    for place, line in enumerate(page.lines[:HEAD_WITHIN]):
        own = _columns(line.cells)
        if "unit" not in own.values() or len(own) < FEWEST_HEADS:
            continue
        below = page.lines[place + 1 : place + 2]
        lower = _columns(below[0].cells) if below else {}
        # The line beneath is part of the head where it repeats a head that is merged over both.
        if below and any(own.get(n) == field for n, field in lower.items()):
            return {**own, **lower}, place + 2
        return own, place + 1
    return None


def _columns(cells: Iterable[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, text in enumerate(cells):
        field = FIELD_OF.get(_plain(text))
        if field and field not in found.values():
            found[number] = field
    return found


def _entries(lines: Iterable[Line], columns: dict[int, str]) -> Iterable[Entry]:
    unit = ""
    for line in lines:
        texts = {field: line.cells[n] for n, field in columns.items() if n < len(line.cells)}
        if _columns(line.cells) == columns or not any(texts.values()):
            continue  # the head again, as on each printed page; an empty line
        if _is_foot(line, texts):
            continue
        for name in ("name", "leader"):
            texts[name] = _joined(texts.get(name, ""))
        from_above = not texts.get("unit") and bool(unit)
        unit = texts.get("unit") or unit
        yield Entry(line.number, **{**texts, "unit": unit}, from_above=from_above)


def _joined(name: str) -> str:
    """张 三 is 张三, as sheets set two characters under three; 张三 李四 are two people."""
    parts, whole = name.split(), "".join(name.split())
    one = min(map(len, parts), default=0) == 1 and len(parts) in (2, len(whole))
    chinese = re.fullmatch(r"[\u3400-\u9fff]+", whole)
    return whole if one and chinese and len(whole) <= LONGEST_NAME else name


def with_area_code(phone: str) -> str:
    """A number that a sheet took for a figure, with its 0 again: 2367501234 is 023-67501234.

    Area codes of three digits begin with 01 or 02, others have four; a mobile's 11 digits with 1.
    """
    if re.fullmatch(r"(10|2\d)\d{8}", phone):
        return f"0{phone[:2]}-{phone[2:]}"
    if re.fullmatch(r"[3-9]\d{2}\d{7,8}", phone):
        return f"0{phone[:3]}-{phone[3:]}"
    return phone


def _is_foot(line: Line, texts: dict[str, str]) -> bool:
    """A note over the whole width beneath the table: 注：……, 填表人：……."""
    first = next((text for text in line.cells if text), "")
    only_one = len({text for text in line.cells if text}) == 1
    return only_one and bool(re.match(r"(注|备注|说明|填表|填报|联系人|制表|审核)", first))
