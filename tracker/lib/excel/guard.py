"""Opens a workbook from outside so that whatever is in it costs little and harms nobody.

It is read in a process of its own with bounds on memory and time (`child`). What cannot be read
gets a sentence.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tracker.lib.excel.slots import slot
from tracker.lib.excel.walk import UnreadableFile
from tracker.lib.told import told as _

MAX_BYTES: Final = 20 * 1024 * 1024
MEMORY: Final = 112 * 1024 * 1024  # of the child, above what its own program takes
CPU_SECONDS: Final = 3
SECONDS: Final = 30  # by the clock, on a machine that is very busy; the bound that counts is CPU's
CHILD: Final = Path(__file__).with_name("child.py")
MARKER: Final = Path(__file__).with_name("marker.py")
MARKER_MEMORY: Final = 180 * 1024 * 1024  # a form of 10,000 rows takes 110 MB and 3 s
MARKER_SECONDS: Final = 5
MARKERS: Final = 2  # at once on a machine: two cores, and 360 MB
PATIENCE: Final = 5  # seconds that somebody waits for a turn

Raw = str | int | float | bool | Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A sheet as it stands: rows from the first, each from column A; empty cells are ""."""

    title: str
    shown: bool
    rows: Sequence[Sequence[Raw]]
    merged: Sequence[tuple[int, int, int, int]]  # first row and column, last ones; from 0
    percents: frozenset[str]  # cells in a format of percentages
    uncounted: frozenset[str]  # cells with a formula without a result, or with an error


@dataclass(frozen=True)
class Opened:
    """A workbook that was read: its sheets, hidden ones too, and its own properties."""

    tables: Sequence[Table]
    properties: Mapping[str, str]


def open_book(path: Path) -> Opened:
    """Read the file. Raises UnreadableFile with a sentence."""
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFile(_sentence("bytes"))
    told = _run([str(CHILD), str(path)], MEMORY, CPU_SECONDS)
    if told is None:  # killed by a bound, or by what the file made of the reader
        raise UnreadableFile(_sentence("much"))
    *sheets, last = map(json.loads, told.splitlines())
    if "refused" in last:
        raise UnreadableFile(_sentence(last["refused"]))
    return Opened(list(_tables(sheets)), last["properties"])


def _tables(told: Iterable[Any]) -> Iterator[Table]:
    """A sheet's own line, then its rows, many on a line."""
    rows: list[Sequence[Raw]] = []
    for one in told:
        if isinstance(one, list):
            rows += one
            continue
        rows = []
        yield Table(
            one["title"],
            one["shown"],
            rows,
            [tuple(area) for area in one["merged"]],
            frozenset(one["percents"]),
            frozenset(one["uncounted"]),
        )


def mark_book(path: Path, marks: Sequence[tuple[str, str, str]]) -> bytes:
    """The workbook with comments: sheet, address, text. Raises UnreadableFile, Busy."""
    told = json.dumps(marks).encode()
    with slot("marker", most=MARKERS, patience=PATIENCE):
        done = _run([str(MARKER), str(path)], MARKER_MEMORY, MARKER_SECONDS, told)
    if done is None:
        raise UnreadableFile(_("这个文件无法加上批注，请按列出的单元格逐一修改。"))
    return done


def _run(command: Sequence[str], memory: int, seconds: int, given: bytes = b"") -> bytes | None:
    """What the program said; None where it came to an end before it had said all."""
    whole = [sys.executable, "-I", "-X", "utf8", *command, str(memory), str(seconds)]
    try:
        done = subprocess.run(  # noqa: S603 - our own programs; the path is no option
            whole, capture_output=True, check=False, timeout=SECONDS, input=given
        )
    except subprocess.TimeoutExpired:
        return None
    return None if done.returncode else done.stdout


def _sentence(code: str) -> str:
    words = {"limit": MAX_BYTES // 1024 // 1024}
    sentences = {
        "empty": _("文件是空的，请核对后重新上传。"),
        "bytes": _("文件超过%(limit)d MB，请删去图片和多余的工作表后重试。") % words,
        "old": _(
            "这是旧格式的表格（如 .xls、.et、.ods），请在 Excel 或 WPS 中另存为 .xlsx 后上传。"
        ),
        "locked": _("文件加了密码，打不开；请去掉密码，另存为 .xlsx 后上传。"),
        "other": _(
            "这不是 Excel 工作簿（改文件名不起作用），请用 Excel 或 WPS 打开，另存为 .xlsx 后上传。"
        ),
        "macros": _("文件带有宏或控件，请另存为不带宏的 .xlsx 后上传。"),
        "links": _("文件引用了别的工作簿或数据源，请把引用改为数值、断开链接后再上传。"),
        "entities": _("文件中有不允许的内容（实体声明），请重新下载回填表填写后上传。"),
        "large": _("文件展开后过大，请只留需要的工作表后重试。"),
        "much": _("文件内容过多，请只留需要的工作表和行列，并清除空白单元格的格式后重试。"),
    }
    damaged = _("文件已损坏或不是 Excel 工作簿，请另存为 .xlsx 后重试。")
    return sentences.get(code, damaged)
