"""发文字号: office code, year in 〔〕, number without leading zeros."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_SHAPE = re.compile(
    r"(?P<office>[^\d\[({【〔]+)[\[({【〔](?P<year>\d{4})[\])}】〕]第?0*(?P<n>\d+)号?"
)
_BRACKET = re.compile(r"[\[\](){}【】〔〕]")


def normalise(text: str) -> str:
    """渝府办发[2022]022号 as 渝府办发〔2022〕22号; a number of another kind stays as it is.

    Raises ValidationError where brackets stand, but no year in them or no number behind them.
    """
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    found = _SHAPE.fullmatch(folded)
    if found and found["n"]:
        return f"{found['office']}〔{found['year']}〕{found['n']}号"
    if _BRACKET.search(folded):
        raise ValidationError(
            _("发文字号应写作“渝府办发〔2022〕22号”，现为“%(text)s”。")
            % {"text": text.strip()[:50]}
        )
    return folded
