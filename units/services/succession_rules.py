"""What a change of units has to be before it is entered: checked whole, told by field."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tracker.lib.text import clean_text, listed
from units.above import Change, Foreseen, above
from units.models import Succession, Unit
from units.services.names import UnitIndex, normalise
from units.states import SuccessionKind

MAX_NAME = 100
MAX_BASIS = 200
DAYS_AHEAD = 366 * 2
FIRST_DAY = datetime.date(1949, 10, 1)
Errors = dict[str, list[str]]


@dataclass(frozen=True)
class SuccessionText:
    """A change as it is entered: `old` go, `new` take over; a renaming has `new_name` alone."""

    kind: str
    day: datetime.date
    old: Sequence[Unit]
    new: Sequence[Unit] = ()
    new_name: str = ""
    basis: str = ""
    duties: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_renaming(self) -> bool:
        return self.kind == SuccessionKind.RENAME

    @property
    def change(self) -> Change:
        """Whose duties go to whom. A renaming moves nothing."""
        if self.is_renaming:
            return Change(self.old, self.old)
        return Change(self.old, in_order(self.new), self.duties)


def in_order(units: Sequence[Unit]) -> list[Unit]:
    """In 机构序列, as the database lists them: `first_heir` is the same today and on the day."""
    return sorted(units, key=lambda unit: (unit.order, unit.pk))


def foreseen(text: SuccessionText) -> Foreseen:
    """What will move."""
    return Foreseen() if text.is_renaming else above.foresee(text.change)


def check(text: SuccessionText, *, today: datetime.date, but: int | None = None) -> Foreseen:
    """Raise ValidationError by field for all that is wrong; else say what will move.

    `but` is the change itself, where it is looked at again on its day.
    """
    errors: Errors = defaultdict(list)
    _check_shape(text, errors)
    _check_day(text, today, errors)
    _check_times(text, but, errors)
    if text.is_renaming and text.old:
        _check_new_name(text, errors)
    if errors:
        raise ValidationError(dict(errors))
    found = foreseen(text)
    if found.open and not text.is_renaming and not text.new:
        errors["new"].append(
            _("%(units)s还有%(n)d项未结束的责任：请写明由哪个单位承接。")
            % {"units": listed(u.name for u in text.old), "n": found.open}
        )
    errors["duties"].extend(found.problems)
    _check_duties(text, found, errors)
    wrong = {name: sentences for name, sentences in errors.items() if sentences}
    if wrong:
        raise ValidationError(wrong)
    return found


def _check_shape(text: SuccessionText, errors: Errors) -> None:
    """How many units stand on each side."""
    if text.kind not in SuccessionKind.values:
        errors["kind"].append(_("请选择方式。"))
    if not clean_text(text.basis):
        errors["basis"].append(_("请填写依据，如机构改革方案、批复文号。"))
    if not text.old:
        errors["old"].append(_("请写明原单位。"))
        return
    if text.kind != SuccessionKind.MERGE and len(set(text.old)) > 1:
        errors["old"].append(_("只有合并可以有几个原单位；其余请逐个登记。"))
    if text.is_renaming:
        if text.new:
            errors["new"].append(_("更名不填承接单位；由另一单位承接的，请选“合并”。"))
        return
    if clean_text(text.new_name):
        errors["new_name"].append(_("只有更名填写新名称；承接单位请先登记，再在此写明。"))
    _check_heirs(text, errors)


def _check_heirs(text: SuccessionText, errors: Errors) -> None:
    heirs, staying = set(text.new), set(text.new) & set(text.old)
    match text.kind:
        case SuccessionKind.MERGE if len(heirs) != 1:
            errors["new"].append(_("合并须写明一个承接单位。"))
        case SuccessionKind.MERGE if not set(text.old) - heirs:
            errors["old"].append(_("原单位就是承接单位，没有可合并的：请写明并入的单位。"))
        case SuccessionKind.SPLIT if len(heirs) < 2:
            errors["new"].append(_("拆分须写明两个以上承接单位；原单位保留的，也列入其中。"))
        case SuccessionKind.ABOLISH if staying:
            errors["new"].append(_("撤销的单位不能承接自己的责任。"))


def _check_day(text: SuccessionText, today: datetime.date, errors: Errors) -> None:
    if text.day < FIRST_DAY or (text.day - today).days > DAYS_AHEAD:
        errors["day"].append(_("生效日期不对：最多提前两年登记。"))


def _check_times(text: SuccessionText, but: int | None, errors: Errors) -> None:
    """Not two changes of a unit on a day, none before one that is done, none after its end."""
    units = {unit.pk: unit for unit in (*text.old, *text.new)}
    for unit in units.values():
        if unit.abolished_on is not None and unit.abolished_on <= text.day:
            errors["old" if unit in text.old else "new"].append(why_gone(unit))
        others = Succession.objects.about(unit).exclude(pk=but or 0)
        if (other := others.filter(day=text.day).first()) is not None:
            errors["day"].append(
                _("“%(unit)s”在%(day)s已有一次变动（%(other)s）：一天只能登记一次。")
                % {"unit": unit, "day": text.day, "other": other.get_kind_display()}
            )
        later = others.filter(day__gt=text.day).exclude(done_at=None).order_by("day").first()
        if later is not None and unit in text.old:
            errors["day"].append(
                _(
                    "“%(unit)s”在%(later)s已有变动，不能再登记更早的变动；"
                    "更早的名称请在“登记名称”中补记。"
                )
                % {"unit": unit, "later": later.day}
            )


def now_called(unit: Unit) -> str:
    """“，现为…”, or nothing."""
    heirs = heirs_of(unit)
    return _("，现为%(names)s") % {"names": listed(u.name for u in heirs)} if heirs else ""


def why_gone(unit: Unit) -> str:
    """That the unit is no more, and who stands for it; empty for one that is."""
    if unit.abolished_on is None:
        return ""
    return _("“%(unit)s”已于%(day)s撤销%(now)s。") % {
        "unit": unit,
        "day": unit.abolished_on,
        "now": now_called(unit),
    }


def heirs_of(unit: Unit) -> list[Unit]:
    """Who stands for a unit that is no more, over several changes; [] for one that is."""
    found: dict[int, Unit] = {}
    seen: set[int] = set()
    waiting = [unit]
    while waiting:
        one = waiting.pop(0)
        if one.pk in seen:
            continue
        seen.add(one.pk)
        if one.abolished_on is None:
            found[one.pk] = one
            continue
        rows = Succession.objects.exclude(done_at=None).filter(old=one, day=one.abolished_on)
        waiting.extend(Unit.objects.filter(came_by__in=rows).distinct())
    found.pop(unit.pk, None)
    return list(found.values())


def _check_new_name(text: SuccessionText, errors: Errors) -> None:
    """Nobody else goes by the new name."""
    (unit, *_others), name = text.old, clean_text(text.new_name)
    if not name:
        errors["new_name"].append(_("请填写新名称。"))
    elif len(name) > MAX_NAME:
        errors["new_name"].append(_("新名称最多%(most)d字。") % {"most": MAX_NAME})
    elif normalise(name) == normalise(unit.name):
        errors["new_name"].append(_("新名称与现名称相同。"))
    else:
        found = UnitIndex.load().matches.get(normalise(name), [])
        others = {match.unit for match in found if match.unit != unit and match.everywhere}
        for other in in_order(list(others)):
            errors["new_name"].append(
                _("“%(name)s”已是“%(unit)s”的名称。") % {"name": name, "unit": other}
            )


def _check_duties(text: SuccessionText, found: Foreseen, errors: Errors) -> None:
    """Single duties go to heirs of this change alone; those that have ended since are let be."""
    heirs = {unit.pk for unit in text.new}
    if any(heir not in heirs for heir in text.duties.values()):
        errors["duties"].append(_("责任只能分派给本次变动的承接单位。"))
