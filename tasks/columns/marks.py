"""How lights and progress stand in the cells of a list's workbook."""

from typing import Any

from django.utils.translation import gettext as _

from tasks.states import Light, LightWord
from tracker.lib.columns import Mark

# The same as in pages and mails: colour of the words (4.5:1 on its tint), tint of the ground.
COLOURS = {
    Light.GREEN: ("#2E7D32", "#EDF6EE"),
    Light.YELLOW: ("#8F5500", "#FFF6E8"),
    Light.RED: ("#C62828", "#FDEEEE"),
    Light.BLUE: ("#1F5FBF", "#EBF2FC"),
    Light.GREY: ("#6B7280", "#F7F8F9"),
}


def light_mark(word: LightWord | None) -> Mark | None:
    """The light with its word; nothing for what has none."""
    return mark(str(word.label), word.light) if word else None


def mark(word: str, light: Light) -> Mark:
    """A word in the colour of a light."""
    return Mark(word, light.shape, *COLOURS[light])


def progress(cell: Any) -> int | str | None:
    """The percentage of a SideCell, or in words why there is none; empty for who may not see."""
    if not cell.visible:
        return None
    if cell.percent is not None:
        return int(cell.percent)
    if cell.waiting:
        return _("待审核")
    return _("未报") if cell.close else _("尚无已审核进展")
