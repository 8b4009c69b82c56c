"""What a person has before them today: reads for the workbench, a module a desk."""

from tasks.services.desk.office import overviews, own_sides
from tasks.services.desk.office_rows import Missing, PersonRow, SideOverview, UnitRow
from tasks.services.desk.officer import (
    Duty,
    Unsigned,
    Urgency,
    by_urgency,
    duties,
    next_opening,
    opens_next,
    own_lights,
    told,
    unsigned,
    why_not,
)

__all__ = [
    "Duty",
    "Missing",
    "PersonRow",
    "SideOverview",
    "UnitRow",
    "Unsigned",
    "Urgency",
    "by_urgency",
    "duties",
    "next_opening",
    "opens_next",
    "overviews",
    "own_lights",
    "own_sides",
    "told",
    "unsigned",
    "why_not",
]
