"""How lights and progress stand in the cells of a list's workbook."""

from typing import Any

from django.utils.translation import gettext as _

from tasks.states import Light, LightWord
from tracker.lib.columns import Mark


def light_mark(word: LightWord | None) -> Mark | None:
    """The light with its word; nothing for what has none."""
    return mark(str(word.label), word.light) if word else None


def mark(word: str, light: Light, note: str = "") -> Mark:
    """A word in the colour of a light; a note beneath that says more."""
    return Mark(word, light.shape, light.ink, light.tint, note="" if note == word else note)


def progress(cell: Any) -> int | str | None:
    """The percentage of a SideCell, or in words why there is none; empty for who may not see."""
    if not cell.visible:
        return None
    if cell.percent is not None:
        return int(cell.percent)
    if cell.waiting:
        return _("待审核")
    return _("未报") if cell.close else _("尚无已审核进展")
