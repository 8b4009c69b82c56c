"""The columns of the form, each named once. Those with `parse=` are filled in and read back."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports.returns import parsing
from reports.returns.shapes import Kind, Said
from tasks.services.entry import LIMITS, MAX_TEXT
from tracker.lib.columns import SHORT, WHOLE, Column, Sheet

CODE: Final = "code"  # the last column, hidden: which row of the key it is
NUMBER: Final = "number"
TITLE: Final = "title"
DUE: Final = "due"  # is not filled in; that it was changed is told


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What a column asks for: its words beside the cell, and its bounds in Excel."""

    prompt: str | Promise
    error: str | Promise
    limit: int = 0


def _filled(name: str, label: str | Promise, width: float) -> Column:
    return Column(f"said.{name}", label, parse=parsing.text, width=width)


_NUMBER = Column(NUMBER, _("序号"), format=WHOLE, width=5)
_CODE = Column(CODE, _("校验码"), format=SHORT, width=6)
LEAD_COLUMNS: Final[Sequence[Column]] = (
    _NUMBER,
    Column(TITLE, _("重点任务"), width=13),
    Column("summary", _("工作内容"), width=22),
    Column(DUE, _("完成时限"), format=SHORT, width=14),
    Column("last_percent", _("上期进度"), format=SHORT, width=10),
    Column("last_progress", _("上期进展情况"), width=22),
    Column("said.percent", _("完成进度（%）＊"), parse=parsing.percent, format=WHOLE, width=10),
    Column(
        "said.no_news",
        _("本季度无新进展"),
        parse=parsing.yes,
        format=SHORT,
        width=10,
        value=lambda row: _t("是") if row.said["no_news"] else None,
    ),
    _filled("progress", _("进展情况＊"), 35),
    _filled("problems", _("存在问题"), 16),
    _filled("next_steps", _("下一步工作"), 16),
    _filled("coordination", _("需协调事项"), 12),
    _filled("coordination_owner", _("请谁协调"), 11),
    Column("state", _("填报状态"), format=SHORT, width=9),
    _CODE,
)
PART_COLUMNS: Final[Sequence[Column]] = (
    _NUMBER,
    Column(TITLE, _("重点任务"), width=20),
    Column("summary", _("工作内容"), width=34),
    Column("leads", _("牵头单位"), width=22),
    Column("last_text", _("上期配合情况"), width=36),
    _filled("text", _("配合情况＊"), 60),
    Column("state", _("填报状态"), format=SHORT, width=11),
    _CODE,
)
SHEETS: Final[Mapping[Kind, Sheet]] = {
    Kind.LEAD: Sheet(
        "leads",
        _("牵头任务"),
        LEAD_COLUMNS,
        heading=_("牵头任务进展情况回填表"),
        empty=_("本方案中没有本单位牵头的任务。"),
        sticky=2,
        filters=False,
    ),
    Kind.PART: Sheet(
        "parts",
        _("配合任务"),
        PART_COLUMNS,
        heading=_("配合任务情况回填表"),
        empty=_("本方案中没有本单位配合的任务。"),
        sticky=2,
        filters=False,
    ),
}
_WORDS = _("可换行；文字过长的，请精简。")
_LONG = _("文字超过字数上限，请精简。")
ASKED: Final[Mapping[str, Asked]] = {
    "percent": Asked(
        _("填0至100的整数，不加百分号。"), _("请填0至100的整数，如80，不加百分号。"), 100
    ),
    "no_news": Asked(
        _("本季度没有新进展的，选“是”，并在“进展情况”中说明理由；完成进度与上期相同。"),
        _("请选“是”或“否”，或留空。"),
    ),
    "progress": Asked(
        _("写本季度做了什么、完成了什么、有何数据。可换行，最多4000字。"), _LONG, LIMITS["progress"]
    ),
    "problems": Asked(_WORDS, _LONG, LIMITS["problems"]),
    "next_steps": Asked(_WORDS, _LONG, LIMITS["next_steps"]),
    "coordination": Asked(_("需要协调的事项；没有的留空。"), _LONG, LIMITS["coordination"]),
    "coordination_owner": Asked(
        _("请哪个单位协调；没有的留空。"), _LONG, LIMITS["coordination_owner"]
    ),
    "text": Asked(_("写本单位在本季度为该任务做了什么。可换行，最多4000字。"), _LONG, MAX_TEXT),
}
# What the same column may be called where somebody has retyped its head.
ALIASES: Final[Mapping[str, Sequence[str]]] = {
    NUMBER: ("任务序号", "编号", "任务编号", "no", "no."),
    TITLE: ("任务", "任务名称", "重点工作"),
    DUE: ("完成时间", "完成日期", "时限"),
    CODE: ("校验", "code"),
    "percent": ("目前完成进度", "本季度完成进度", "进度", "完成比例", "完成率"),
    "no_news": ("无新进展", "是否无新进展"),
    "progress": ("目前进展情况", "本季度进展情况", "工作进展", "进展", "完成情况"),
    "problems": ("存在的问题", "问题", "存在问题及困难"),
    "next_steps": ("下一步", "下一步计划", "下步工作", "下一步工作计划", "下一步打算"),
    "coordination": ("是否需要协调", "需要协调事项", "需协调的事项", "协调事项"),
    "coordination_owner": ("协调单位", "请谁来协调"),
    "text": ("本季度配合情况", "配合工作情况", "配合进展情况"),
}


NOTHING: Final[Mapping[str, Said]] = {"percent": None, "no_news": False}


def name_of(column: Column) -> str:
    """The field that a column holds."""
    return column.path.removeprefix("said.")


@lru_cache
def fields(kind: Kind) -> tuple[str, ...]:
    """The fields that are filled in, in the order of their columns."""
    return tuple(name_of(column) for column in SHEETS[kind].importable())


def parsers(kind: Kind) -> dict[str, Callable[[object], object]]:
    """How each of them is read."""
    return {
        name_of(column): column.parse for column in SHEETS[kind].columns if column.parse is not None
    }


def labels(kind: Kind) -> dict[str, str]:
    """Each field's head, without the star."""
    return {name_of(one): str(one.label).rstrip("＊") for one in SHEETS[kind].importable()}


def nothing(name: str) -> Said:
    """What an empty cell says."""
    return NOTHING.get(name, "")
