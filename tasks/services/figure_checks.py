"""Reading a figure as people type it, and what about it is worth a second look."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tasks.models import Observation, Target
from tasks.models.phrases import plain
from tasks.states import Basis, Operator, TargetKind
from tracker.lib.text import clean_text

NUMBER = re.compile(r"(?P<number>[+-]?[0-9][0-9,]*(?:\.[0-9]+)?)(?P<rest>.*)", re.DOTALL)
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?")
MOST = Decimal(10) ** 14  # what the column holds
PLACES = 4
JUMP_TIMES = 10
JUMP_POINTS = 20


def read_value(typed: str, measure: str) -> Decimal | None:
    """８０％, 1,234.5, 4800万立方米 → a number; None of nothing; ValidationError in a sentence."""
    text = unicodedata.normalize("NFKC", clean_text(typed)).replace(" ", "")
    text = text.replace("−", "-").replace("，", ",")
    if not text:
        return None
    found = NUMBER.fullmatch(text)
    if found is None:
        raise ValidationError(
            _("“%(typed)s”不是数值：请填阿拉伯数字，如98.6。") % {"typed": clean_text(typed)[:30]}
        )
    number, rest = found["number"], found["rest"]
    if "," in number and not GROUPED.fullmatch(number):
        raise ValidationError(
            _("“%(typed)s”中的逗号不在千位上：小数点请用“.”。") % {"typed": number[:30]}
        )
    if rest and rest != unicodedata.normalize("NFKC", measure).replace(" ", ""):
        raise ValidationError(
            _("该指标的计量单位为“%(measure)s”，现填“%(rest)s”：请换算后只填数值。")
            % {"measure": measure or _("无"), "rest": rest[:20]}
        )
    return _checked(number.replace(",", ""))


def _checked(number: str) -> Decimal:
    try:
        value = Decimal(number)
    except InvalidOperation as error:
        raise ValidationError(_("数值无效，请核对。")) from error
    if abs(value) >= MOST:
        raise ValidationError(_("数值过大，请核对计量单位。"))
    if len(number.partition(".")[2].rstrip("0")) > PLACES:
        raise ValidationError(_("小数最多4位，请四舍五入。"))
    return value


def doubts(target: Target, row: Observation, before: Observation | None) -> list[str]:
    """What is out of the ordinary about a figure, as sentences; whoever is sure confirms."""
    found = []
    value, measure = row.value, target.indicator.measure
    if value is not None and measure == "%" and not 0 <= value <= 100:
        found.append(_("数值为%(value)s%%，不在0至100之间。") % {"value": plain(value)})
    elif value is not None and value < 0:
        found.append(_("数值为负（%(value)s）。") % {"value": plain(value)})
    if value is not None and before is not None and before.value is not None:
        found += _jumps(value, before.value, measure, before.period_text)
    if not _can_tell(target, row):
        found.append(
            _("口径为“%(basis)s”，只作参考，不能用来判断目标是否达到。")
            % {"basis": row.get_basis_display()}
        )
    if (target.value is None) != (row.value is None) and target.operator != Operator.WORDS:
        found.append(_("目标与监测值一为数值、一为类别，不能用来判断目标是否达到。"))
    return found


def _jumps(value: Decimal, before: Decimal, measure: str, period: str) -> list[str]:
    told = {"period": period, "before": plain(before)}
    if measure == "%":
        points = abs(value - before)
        if points > JUMP_POINTS:
            told["points"] = plain(points)
            return [_("与上次（%(period)s，%(before)s%%）相差%(points)s个百分点。") % told]
        return []
    low, high = sorted((abs(value), abs(before)))
    if high >= JUMP_TIMES * low and high > 0:
        return [_("与上次（%(period)s，%(before)s）相差10倍以上，请核对计量单位。") % told]
    return []


def _can_tell(target: Target, row: Observation) -> bool:
    if row.basis == Basis.FORECAST or target.basis not in ("", row.basis):
        return False
    return row.basis != Basis.PERIOD or row.is_whole_year or target.kind == TargetKind.FREQUENCY
