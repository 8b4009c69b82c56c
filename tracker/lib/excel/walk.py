"""Walks the elements of a workbook's part as they come: nothing of it is kept, all is counted."""

from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat

from tracker.lib.told import told as _

MAX_ELEMENTS: Final = 600_000  # of all parts that are read
MAX_DEPTH: Final = 32
LONGEST: Final = 2000  # characters of a text; a cell's is cut to fewer

Begin = Callable[[str, Mapping[str, str]], None]
End = Callable[[str, str], None]


class UnreadableFile(ValueError):
    """The file cannot be used; the message is a sentence for the user."""


def damaged() -> UnreadableFile:
    """The file is no workbook, or not whole."""
    return UnreadableFile(_("文件已损坏或不是 Excel 工作簿，请另存为 .xlsx 后重试。"))


def declares() -> UnreadableFile:
    """The file declares entities, with which a small file becomes a large one."""
    return UnreadableFile(_("文件中有不允许的内容（实体声明），请重新制作后上传。"))


def too_much() -> UnreadableFile:
    """More than a sheet of people ever holds."""
    return UnreadableFile(
        _("工作表内容过多，请只留需要的工作表和行列，并清除空白单元格的格式后重试。")
    )


class Walker:
    """Walks parts one after the other, within one bound for them all."""

    def __init__(self) -> None:
        self._left = MAX_ELEMENTS

    def walk(self, content: bytes, begin: Begin, end: End) -> None:
        """Call `begin(name, attributes)` and `end(name, text)` for each element, without prefixes.

        The text is what stands in the element itself, cut short. Raises UnreadableFile.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        texts: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            self._left -= 1
            if self._left < 0 or len(texts) >= MAX_DEPTH:
                raise too_much()
            texts.append("")
            begin(_local(name), {_local(key): text for key, text in attributes.items()})

        def data(text: str) -> None:
            if texts and len(texts[-1]) < LONGEST:
                texts[-1] += text[:LONGEST]

        def declared(*_of: object) -> None:
            raise declares()

        parser.StartElementHandler = start
        parser.EndElementHandler = lambda name: end(_local(name), texts.pop()[:LONGEST])
        parser.CharacterDataHandler = data
        parser.StartDoctypeDeclHandler = declared
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise damaged() from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
