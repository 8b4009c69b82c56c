"""The key of a form: whose it is, of which quarter and what stood in it, signed by the site.

It lies in a sheet that programs keep and do not show; its beginning, without the rows, is a
property of the document too, for programs that drop such sheets.
"""

import datetime
from collections.abc import Sequence
from typing import Any, Final

from django.core import signing

from reports.returns.columns import fields
from reports.returns.content import UnitForm
from reports.returns.shapes import Key, KeyRow, Kind, Refused
from tracker.lib.told import told as _
from tracker.lib.workdays import Quarter

SHEET: Final = "_校验"
PROPERTY: Final = "TanzetongForm"
SALT: Final = "reports.returns"
FORMAT: Final = 1
MARK: Final = "TZT1:"
KINDS: Final = {"L": Kind.LEAD, "P": Kind.PART}
PIECE: Final = 30_000  # characters of a cell; Excel takes 32,767


def signed(form: UnitForm, *, made: datetime.date) -> tuple[list[str], str]:
    """The pieces for the sheet's cells, and what goes into the property."""
    head = {
        "format": FORMAT,
        "unit": form.unit.pk,
        "quarter": str(form.quarter),
        "made": made.isoformat(),
    }
    rows = [
        [
            line.code,
            line.period.pk,
            line.version,
            [line.said[name] for name in fields(line.kind)],
        ]
        for line in form.lines()
    ]
    signer = signing.Signer(salt=SALT)
    whole = MARK + _spelt(signer.sign_object({**head, "rows": rows}, compress=True))
    pieces = [whole[start : start + PIECE] for start in range(0, len(whole), PIECE)]
    return pieces, MARK + _spelt(signer.sign_object(head))


def found(pieces: Sequence[str], property_text: str) -> Key | None:
    """The key, as far as it is there; None where it is lost. Raises Refused where it is not ours.

    The property tells of unit and quarter alone.
    """
    for text in ("".join(pieces), property_text):
        if text.startswith(MARK):
            return _opened(text.removeprefix(MARK))
    if any(pieces):
        raise _broken()
    return None


def _spelt(text: str) -> str:
    """Without underscores: programs read _x0041_ as A."""
    return text.replace("_", "~")


def _opened(text: str) -> Key:
    try:
        told: Any = signing.Signer(salt=SALT).unsign_object(text.replace("~", "_"))
        if told["format"] != FORMAT:
            raise _broken()
        rows = [_row(*row) for row in told.get("rows", ())]
        quarter = Quarter.parse(told["quarter"])
        return Key(
            int(told["unit"]), quarter, told["made"], {(row.kind, row.side): row for row in rows}
        )
    except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
        raise _broken() from error


def _row(code: str, period: int, version: int, values: Sequence[Any]) -> KeyRow:
    kind, side = split(code) or (Kind.LEAD, 0)
    if len(values) != len(fields(kind)):
        raise ValueError(values)
    return KeyRow(kind, side, period, version, tuple(values))


def split(code: str) -> tuple[Kind, int] | None:
    """What a row's code says: L12 is the side 12 that is led; None where it is no code."""
    kind, digits = KINDS.get(code[:1]), code[1:]
    if kind is None or not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        return None
    return kind, int(digits)


def _broken() -> Refused:
    return Refused(
        _(
            "表内的校验信息被改动过，或不是本系统生成的表：请重新下载本季度的回填表，"
            "把填好的内容粘贴过去后上传。"
        )
    )
