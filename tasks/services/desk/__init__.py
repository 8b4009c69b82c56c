"""What a person has before them today: reads for the workbench, a module a desk."""

from tasks.services.desk.inspector import late_sides
from tasks.services.desk.office import Missing, SideOverview, overviews
from tasks.services.desk.officer import Duty, duties, next_opening, opens_next, why_not

__all__ = [
    "Duty",
    "Missing",
    "SideOverview",
    "duties",
    "late_sides",
    "next_opening",
    "opens_next",
    "overviews",
    "why_not",
]
