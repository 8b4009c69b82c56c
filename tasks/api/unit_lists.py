"""API of units with the workbook of their list, which tells what they have to do."""

from typing import Any

from tasks.columns import UNIT_LIST
from tasks.views.units import UnitRow, unit_rows
from units.api.exports import Exports
from units.api.units import UnitViews
from units.models import Unit
from units.web import person


class ListedUnitViews(Exports[Unit], UnitViews):
    """Units and their names."""

    exported = UNIT_LIST

    def export_rows(self, found: Any) -> list[UnitRow]:
        """With their figures, as the page shows them."""
        return unit_rows(person(self.request), found, self.today)
