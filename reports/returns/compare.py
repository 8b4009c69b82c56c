"""Holds a form that came back against the database."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.returns import whose
from reports.returns.cells import compared
from reports.returns.columns import labels
from reports.returns.content import UnitForm, load
from reports.returns.line import Line
from reports.returns.parsing import folded
from reports.returns.shapes import Change, Comparison, Kind, ReadRow, Refused, Returned, RowChange
from reports.returns.whose import Rights
from tasks.states import Role
from tracker.lib.garbage import uncollected
from tracker.lib.text import listed
from tracker.lib.told import told as _
from tracker.lib.workdays import Quarter
from units.models import Unit, User

Place = tuple[Kind, int]  # kind and side


@uncollected()
def compare(
    returned: Returned,
    *,
    for_user: User,
    today: datetime.date,
    unit: Unit | None = None,
    quarter: Quarter | None = None,
) -> Comparison:
    """What applying the form would do, for this person; in a constant number of queries.

    `unit` and `quarter` are those that the person chose to upload for, if any: another's form is
    refused. Raises Refused with a sentence.
    """
    rights = Rights.of(for_user)
    found = whose.unit_of(returned, rights, unit)
    told = whose.quarter_of(returned, quarter)
    form = load(told, for_user=for_user, today=today, units=[found.pk]).get(found.pk)
    if form is None:
        words = {"unit": found.name, "quarter": told.label}
        raise Refused(_("%(unit)s在%(quarter)s没有可填报的任务，请核对是哪个季度的表。") % words)
    whose.check_open(form, quarter)
    lines = form.lines()
    matcher = _Matcher(form, returned, rights, quarter)
    rows = [matcher.row(row) for row in returned.rows]
    return Comparison(
        unit=found,
        quarter=told,
        rows=rows,
        by_office=not rights.fills_in(found),
        to_confirm=_to_confirm(returned, form, rows),
        notes=[*returned.notes, *_left_out(lines, rows), *_other_dates(rows)],
    )


@dataclass
class _Matcher:
    """Finds of each row of the sheet the side that it is about."""

    form: UnitForm
    returned: Returned
    rights: Rights
    chosen: Quarter | None

    def __post_init__(self) -> None:
        lines = self.form.lines()
        self.by_side = {(line.kind, line.side_id): line for line in lines}
        self.by_number: dict[tuple[Kind, int], list[Line]] = {}
        for line in lines:
            self.by_number.setdefault((line.kind, line.number), []).append(line)
        self.is_own = self.rights.fills_in(self.form.unit)
        self.rows = self.returned.key.rows if self.returned.key else {}
        self.labels = {kind: labels(kind) for kind in Kind}
        self.done: dict[Place, ReadRow] = {}

    def row(self, row: ReadRow) -> RowChange:
        """The row beside the database."""
        line, by_number, wrong = self._line(row)
        if line is None:
            return RowChange(row, row.kind, Change.WRONG, note=wrong)
        place = (line.kind, line.side_id)
        if place in self.done:
            first = self.done[place]
            words = {"sheet": first.sheet, "row": first.number, "number": line.number}
            wrong = _("与工作表“%(sheet)s”第%(row)s行重复，都是第%(number)s项任务，请删去一行。")
            return RowChange(row, row.kind, Change.WRONG, note=wrong % words)
        self.done[place] = row
        return compared(
            row,
            line,
            was=self.rows.get(place),
            label=self.labels[line.kind],
            why=self._why(line),
            to_confirm=by_number,
        )

    def _why(self, line: Line) -> str:
        """Why the line may not be written, in a sentence."""
        not_theirs = "" if self.is_own else self.rights.why_not(line)
        return line.why or not_theirs or whose.why_closed(line, self.chosen)

    def _line(self, row: ReadRow) -> tuple[Line | None, bool, str]:
        """The line; whether it was found by its number alone; or a sentence why there is none."""
        if row.side is not None:
            line = self.by_side.get((row.kind, row.side))
            if line is None:
                return None, False, _("这一行不是本单位本季度的任务，请删去或恢复原来的行。")
            if row.task is not None and row.task != line.number:
                words = {"number": line.number, "task": row.task}
                wrong = _(
                    "序号被改动过：这一行原是第%(number)s项任务，现为%(task)s；"
                    "请改回，或重新下载后填写。"
                )
                return None, False, wrong % words
            return line, False, ""
        if row.task is None:
            return None, False, _("没有序号，无法对应到任务：请填上“序号”，或删去这一行。")
        lines = self.by_number.get((row.kind, row.task), [])
        if len(lines) > 1:
            words_there = "".join(self.returned.words.get(row.sheet, ()))
            lines = [one for one in lines if one.side.task.plan.title in words_there]
        if len(lines) != 1:
            words = {"number": row.task}
            return None, False, _("本单位没有第%(number)s项任务，请核对序号。") % words
        return lines[0], True, ""


def _to_confirm(returned: Returned, form: UnitForm, rows: Sequence[RowChange]) -> list[str]:
    """What was found otherwise than by the key, and is to be confirmed."""
    found: list[str] = []
    if returned.key is None or not returned.key.rows:
        words = {"unit": form.unit.name, "quarter": form.quarter.label}
        found.append(
            _(
                "表内的校验信息已丢失（有的软件保存时会删去）：按%(unit)s、%(quarter)s和序号对应，"
                "请确认无误。"
            )
            % words
        )
    by_number = [row for row in rows if row.to_confirm]
    if by_number:
        words = {"numbers": listed(row.row.task for row in by_number)}
        found.append(_("第%(numbers)s项任务是按序号对应的，请核对任务名称。") % words)
    for row in by_number:
        if row.side is not None and row.row.title not in {"", folded(row.side.task.title)}:
            words = {
                "number": str(row.row.task),
                "said": row.row.title,
                "title": row.side.task.title,
            }
            found.append(_("第%(number)s项任务在表中是“%(said)s”，系统中是“%(title)s”。") % words)
    return found


def _other_dates(rows: Sequence[RowChange]) -> Iterator[str]:
    """That a date was changed in the sheet, where it changes nothing."""
    changed = [
        row.line.number
        for row in rows
        if row.line is not None
        and row.row.due is not None
        and row.row.due != str(row.line.due_on_in_force)
    ]
    if changed:
        words = {"numbers": listed(changed)}
        yield (
            _(
                "第%(numbers)s项任务的完成时限在表中与系统不同：以系统为准，回填表不改时限；"
                "需要延期的，请另行申请。"
            )
            % words
        )


def _left_out(lines: Sequence[Line], rows: Sequence[RowChange]) -> Iterator[str]:
    """Tasks that the form should have and the file has not."""
    there = {(row.kind, row.line.side_id) for row in rows if row.line is not None}
    names = {Kind.LEAD: Role.LEAD.label, Kind.PART: Role.COOPERATING.label}
    for kind in Kind:
        absent = [
            line.number
            for line in lines
            if line.kind is kind and not line.why and (kind, line.side_id) not in there
        ]
        if absent:
            words = {"role": names[kind], "numbers": listed(absent)}
            yield _("表中没有%(role)s任务第%(numbers)s项，这些任务不作改动。") % words
