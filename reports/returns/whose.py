"""Whose form it is, of which quarter, and what the person may write of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from reports.returns.content import UnitForm
from reports.returns.line import Line
from reports.returns.shapes import Kind, Refused, Returned
from tasks import policy
from tracker.lib.told import told as _
from tracker.lib.workdays import Quarter
from units.models import Unit, User
from units.services.names import Match, UnitIndex, normalise
from units.standing import standing

HEAD: Final = "填报单位"  # before the unit's name on the sheet, which is a Chinese one
PLAN: Final = "方案"  # before the plan's title


@dataclass(frozen=True)
class Rights:
    """What the person may write: all of the own units, and 牵头 rows of the own office's sides."""

    superuser: bool
    units: Collection[int]
    entered: Collection[int]  # lead rows for which the person's office may enter a report

    @classmethod
    def of(cls, user: User) -> Self:
        who = standing(user)
        if who.superuser:
            return cls(True, (), ())
        entered = policy.scope(user, "report.enter").values_list("pk", flat=True)
        return cls(False, who.reporting_units, frozenset(entered) if who.coordinates else ())

    def fills_in(self, unit: Unit) -> bool:
        """Whether it is the person's own unit."""
        return self.superuser or unit.pk in self.units

    def why_not(self, line: Line) -> str:
        """Why the person may not write the line, in a sentence."""
        if self.fills_in(line.side.unit):
            return ""
        if line.kind is Kind.PART:
            return _("配合情况由配合单位自行填报，不能代填。")
        if line.side_id not in self.entered:
            return _("这一方的填报不由本办公室代填。")
        if line.hidden:
            words = {"unit": line.side.unit.name}
            return _("%(unit)s正在填报，不能代填：请与该单位联系，由其提交。") % words
        return ""

    def all_units(self) -> list[Unit]:
        """The units for which the person may upload."""
        own = Unit.objects.filter(pk__in=self.units)
        others = Unit.objects.filter(responsibilities__in=self.entered)
        return list(Unit.objects.all() if self.superuser else (own | others).distinct())


def unit_of(returned: Returned, rights: Rights, wanted: Unit | None) -> Unit:
    """The unit whose form it is. Raises Refused where the person has nothing to do with it."""
    known = {unit.pk: unit for unit in rights.all_units()}
    if returned.key is not None:
        found = known.get(returned.key.unit)
        if found is None:
            raise Refused(_foreign(Unit.objects.filter(pk=returned.key.unit).first()))
    else:
        found = _named(returned, known) or wanted
        if found is None or found.pk not in known:
            raise Refused(
                _(
                    "表内的校验信息已丢失，表头也没有可以认出的单位名称：请在表头写明“填报单位：”"
                    "和单位名称，或重新下载回填表。"
                )
            )
    if wanted is not None and wanted != found:
        words = {"unit": found.name, "wanted": wanted.name}
        raise Refused(_("这是%(unit)s的回填表，不是%(wanted)s的，请核对后上传。") % words)
    return found


def _foreign(unit: Unit | None) -> str:
    if unit is None:
        return _("表中的单位已不存在，请重新下载回填表。")
    words = {"unit": unit.name}
    return _("这是%(unit)s的回填表，您不能为该单位填报，请核对文件。") % words


def _named(returned: Returned, known: Mapping[int, Unit]) -> Unit | None:
    """The unit that the heading names; of 重庆市能源局 and 能源局 the longer.

    Looked for among all units: a form that names another is not taken for the sender's own.
    """
    texts = [normalise(text) for some in returned.words.values() for text in some]
    matches = UnitIndex.load().matches
    named = [_units_in(text, matches) for text in texts if text.startswith(HEAD)]
    if not any(named):  # it stands in another cell; what a plan's title names is not meant
        rest = "\n".join(text for text in texts if not text.startswith(PLAN))
        named = [_units_in(rest, matches)]
    found: list[Unit] = []
    for units in filter(None, named):
        own = [known[unit.pk] for unit in units if unit.pk in known]
        if not own:
            raise Refused(_foreign(units[0]))
        found.append(own[0])
    return max(found, key=lambda unit: len(unit.name), default=None)


def _units_in(text: str, matches: Mapping[str, Sequence[Match]]) -> list[Unit]:
    """The units that a text names, the longest name first; none by a name within a longer one."""
    found: list[Unit] = []
    for name in sorted(matches, key=len, reverse=True):
        if name and name in text:
            found += [match.unit for match in matches[name]]
            text = text.replace(name, " ")
    return found


def quarter_of(returned: Returned, wanted: Quarter | None) -> Quarter:
    """The quarter of the form. Raises Refused where it is another than the wanted one."""
    found = returned.quarter or wanted
    if found is None:
        raise Refused(_("表头没有写明季度：请在表头写明，如“2025年第4季度”，或重新下载回填表。"))
    if wanted is not None and wanted != found:
        words = {"found": found.label, "wanted": wanted.label}
        raise Refused(
            _("这是%(found)s的回填表，现在填报的是%(wanted)s：请下载%(wanted)s的表填写。") % words
        )
    return found


def check_open(form: UnitForm, wanted: Quarter | None) -> None:
    """A closed quarter's form is taken only where that quarter was chosen: it is a 补报 then.

    Closed by all offices, or by that of the unit's own side alone.
    """
    if wanted is None and all(line.closed for line in form.lines()):
        words = {"quarter": form.quarter.label}
        raise Refused(
            _(
                "这是%(quarter)s的回填表，该季度已关闭：请下载本季度的表填写；要补报的，请先选定该季度。"
            )
            % words
        )


def why_closed(line: Line, wanted: Quarter | None) -> str:
    """Why a line of a quarter that is closed for its side is not written, in a sentence."""
    if wanted is not None or not line.closed:
        return ""
    words = {"quarter": line.period.as_quarter.label}
    return _("这项任务的%(quarter)s填报期已关闭：要补报的，请在上传时先选定该季度。") % words
