"""Workbooks as LibreOffice prints them: where each word stands on which page."""

import html
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell

PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
WORD = re.compile(
    r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
)
TOLERATED = 0.4  # of the smaller word's box: lines of a cell touch each other


@dataclass(frozen=True)
class Word:
    """A piece of text and its box, in points from the top left."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    def covers(self, other: "Word") -> bool:
        """Whether the two print over each other."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        if wide <= 1 or high <= 0:
            return False
        least = min(self.bottom - self.top, other.bottom - other.top)
        return high > TOLERATED * least


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    words: Sequence[Word]

    def collisions(self) -> list[tuple[str, str]]:
        """Words that print over each other: a row was too low or a column too narrow."""
        found = []
        rows = sorted(self.words, key=lambda word: word.top)
        for place, word in enumerate(rows):
            for other in rows[place + 1 :]:
                if other.top >= word.bottom:
                    break
                if word.covers(other):
                    found.append((word.text, other.text))
        return found

    def outside(self) -> list[str]:
        """Words that the paper's edge cuts off."""
        return [
            word.text
            for word in self.words
            if min(word.left, word.top) < 0 or word.right > self.width or word.bottom > self.height
        ]


def render(books: Sequence[Path], folder: Path) -> dict[str, list[Page]]:
    """The pages of each workbook by its stem; LibreOffice is started once."""
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    assert office
    assert reader
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    command = [*convert, *map(str, books)]
    subprocess.run(command, check=True, capture_output=True, timeout=280)  # noqa: S603 - our own
    return {book.stem: _pages(reader, folder / f"{book.stem}.pdf") for book in books}


def _pages(reader: str, pdf: Path) -> list[Page]:
    command = [reader, "-bbox", str(pdf), "-"]
    read = subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603 - our own
    return [
        Page(float(width), float(height), list(_words(inner)))
        for width, height, inner in PAGE.findall(read.stdout.decode())
    ]


def _words(inner: str) -> Iterator[Word]:
    for *box, text in WORD.findall(inner):
        left, top, right, bottom = map(float, box)
        yield Word(left, top, right, bottom, html.unescape(text))


def lost(book: Path, pages: Iterable[Page]) -> Counter[str]:
    """Which signs of the cells' texts and numbers are not on the pages, and how often."""
    printed = Counter(sign for page in pages for word in page.words for sign in word.text)
    wanted: Counter[str] = Counter()
    for sheet in openpyxl.load_workbook(book):
        for row in sheet.iter_rows():
            for cell in row:
                wanted.update("".join(_text(cell).split()))
    return wanted - printed


def _text(cell: Cell | object) -> str:
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if getattr(cell, "is_date", False):
        note = re.findall(r'"(.*?)"', getattr(cell, "number_format", ""))
        return f"{value:%Y-%m-%d}{''.join(note)}"
    if isinstance(value, float):
        return ""  # as many decimals as its format says
    return str(value)
