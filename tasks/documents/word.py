"""Word documents as an office sets them: A4, the margins and faces of GB/T 9704."""

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

TITLE_FACE: Final = "方正小标宋简体"
BODY_FACE: Final = "仿宋_GB2312"
HEAD_FACE: Final = "黑体"
LATIN_FACE: Final = "Times New Roman"
# What takes the place of a face that a machine does not have.
FALLBACKS: Final = {
    TITLE_FACE: "方正小标宋_GBK,华文中宋,宋体,SimSun,Noto Serif CJK SC",
    BODY_FACE: "仿宋,FangSong,华文仿宋,Noto Serif CJK SC",
    HEAD_FACE: "SimHei,Noto Sans CJK SC",
}
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26  # mm
FOOT: Final = 24  # mm beneath the number of the page
PAGE_HEIGHT: Final = 297
WIDTH: Final = 210 - LEFT - RIGHT
RULE: Final = "8A949E"
CELL_SIDE: Final = 2  # points between a cell's rule and its text


@dataclass(frozen=True)
class Face:
    """A size of type with its line, in points."""

    size: float
    leading: float
    family: str = BODY_FACE


NUMBER: Final = Face(14, 18, "宋体")


class Paper:
    """A document of one section, written from top to bottom."""

    def __init__(
        self,
        title: str,
        author: str,
        now: datetime.datetime,
        *,
        top: float = TOP,
        bottom: float = BOTTOM,
    ) -> None:
        self.document: Any = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(PAGE_HEIGHT)
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
        about = self.document.core_properties
        about.title, about.author, about.comments = title, author, ""
        about.language, about.last_modified_by, about.revision = "zh-CN", author, 1
        about.created = about.modified = now.astimezone(datetime.UTC).replace(tzinfo=None)
        _set_face(self.document.styles["Normal"], Face(12, 20))
        _name_fallbacks(self.document)

    def line(
        self,
        text: str,
        face: Face,
        *,
        align: str = "left",
        indent: float = 0,
        before: float = 0,
        after: float = 0,
        bold: bool = False,
    ) -> Paragraph:
        """A paragraph; `indent` of the first line in characters."""
        paragraph: Paragraph = self.document.add_paragraph()
        self.write(paragraph, text, face, bold=bold)
        _space(paragraph, face, align, before, after)
        paragraph.paragraph_format.first_line_indent = Pt(face.size * indent)
        return paragraph

    def ends(self, left: str, right: str, face: Face, *, after: float = 0) -> None:
        """One line with words at both ends."""
        paragraph = self.line(f"{left}\t{right}", face, after=after)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)

    def write(self, paragraph: Paragraph, text: str, face: Face, *, bold: bool = False) -> None:
        """A run of text in its face."""
        run = paragraph.add_run(text)
        run.bold = bold
        _set_face(run, face)

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        face: Face,
        *,
        left: Sequence[int] = (),
    ) -> None:
        """A ruled table with a head that is repeated; columns in `left` are not centred.

        A row of one cell goes across the table.
        """
        table = self.document.add_table(rows=0, cols=len(heads))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _rule(table)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        head = Face(face.size, face.leading, HEAD_FACE)
        for number, cells in enumerate([heads, *rows]):
            row = table.add_row()
            _keep_whole(row, is_head=number == 0)
            for at, width in enumerate(widths):
                row.cells[at].width = Mm(width)
            if len(cells) == 1:
                row.cells[0].merge(row.cells[-1])
            for at, text in enumerate(cells):
                cell = row.cells[at]
                paragraph = cell.paragraphs[0]
                self.write(paragraph, text, face if number and len(cells) > 1 else head)
                plain = number and at in left
                _space(paragraph, face, "left" if plain else "center", 0, 0)
                _keep_close(paragraph)
                cell.vertical_alignment = 1  # the middle

    def number_pages(self) -> None:
        """— 1 — at the foot of each page, as GB/T 9704 has it."""
        section = self.document.sections[0]
        section.footer_distance = Mm(FOOT)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for text in ("— ", "1", " —"):
            self.write(foot, text, NUMBER)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        run = foot.runs[1]._r
        run.addprevious(field)
        field.append(run)

    def content(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()


def _set_face(styled: Any, face: Face) -> None:
    """Chinese in the face, figures and Latin in the usual one."""
    styled.font.size = Pt(face.size)
    styled.font.name = TITLE_FACE if face.family == TITLE_FACE else LATIN_FACE
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face.family)


def _space(paragraph: Paragraph, face: Face, align: str, before: float, after: float) -> None:
    layout = paragraph.paragraph_format
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = Pt(face.leading)
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.widow_control = True
    layout.alignment = {
        "left": WD_ALIGN_PARAGRAPH.JUSTIFY,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
    }[align]


def _keep_close(paragraph: Paragraph) -> None:
    """No extra room between Chinese and figures, where columns are narrow."""
    properties = paragraph._p.get_or_add_pPr()
    for name in ("autoSpaceDE", "autoSpaceDN"):
        off = OxmlElement(f"w:{name}")
        off.set(qn("w:val"), "0")
        spacing = properties.find(qn("w:spacing"))
        spacing.addprevious(off)


def _rule(table: Any) -> None:
    """Thin rules all round, little room at the sides of a cell."""
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", RULE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    margins = OxmlElement("w:tblCellMar")
    for edge in ("left", "right"):
        side = OxmlElement(f"w:{edge}")
        side.set(qn("w:w"), str(20 * CELL_SIDE))
        side.set(qn("w:type"), "dxa")
        margins.append(side)
    layout = properties.find(qn("w:tblLayout"))
    at = list(properties).index(layout)
    properties.insert(at, borders)
    properties.insert(at + 2, margins)


def _keep_whole(row: Any, *, is_head: bool) -> None:
    """A row is not torn; the head comes again overleaf."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def _name_fallbacks(document: Any) -> None:
    """Say in the table of fonts what may stand in for each face."""
    fonts = "".join(
        f'<w:font w:name="{face}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/></w:font>'
        for face, others in FALLBACKS.items()
    )
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = part.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())
