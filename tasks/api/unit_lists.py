"""API of units with the workbook of their list, which tells what they have to do."""

from tasks.columns import UNIT_LIST
from tasks.views.units import UnitRow, unit_rows
from units.api.exports import Exports
from units.api.units import UnitViews
from units.models import Unit
from units.web import person


class ListedUnitViews(Exports[Unit], UnitViews):
    """Units and their names."""

    exported = UNIT_LIST

    def told(self, some: list[Unit]) -> list[UnitRow]:
        """With their figures, as the page shows them."""
        return unit_rows(person(self.request), some, self.today)
