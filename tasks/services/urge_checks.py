"""What is asked of everything that is urged by hand, and what is said where it does not hold."""

import datetime

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from tasks.services.urge_preview import Preview
from tasks.services.urge_things import Chosen
from units.models import Office

NUMBERING = 7_301_211  # the key of the advisory lock
TWICE = datetime.timedelta(minutes=10)  # a button pressed twice, a page sent anew


def one_at_a_time() -> None:
    """Numbers have no gaps, and who presses twice finds what the first press wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])


def whole(made: Preview, chosen: Chosen) -> Office:
    """The office that acts. Raises ValidationError unless all that was chosen stands in `made`."""
    if chosen.is_empty:
        raise ValidationError(_("没有勾选单位，请至少勾选一个。"))
    if made.office is None or not made.parts:
        raise ValidationError(_("所选事项都已办理，或不由您催办，没有可催办的事项。"))
    if made.gone:
        raise ValidationError(gone_words(len(made.gone)))
    if others := len(chosen.keys.difference(made.keys)):
        raise ValidationError(
            _("所选有%(n)d项不在%(office)s的方案内，请以其他办公室的名义另办。")
            % {"n": others, "office": made.office.name}
        )
    return made.office


def gone_words(number: int) -> str:
    """That some were done since the list was shown."""
    return _("所选的%(n)d项已办理或已有变化，已从下面去掉，请核对后再发。") % {"n": number}


def too_long(text: str, most: int) -> str:
    """That a text is longer than it may be."""
    return _("最多%(most)d字，现为%(n)d字，请精简。") % {"most": most, "n": len(text)}
