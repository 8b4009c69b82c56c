"""Models of the units app."""

from units.models.audit import AuditEntry
from units.models.calendars import DayList, ListedDay
from units.models.columns import ColumnChoice
from units.models.deputies import Deputy
from units.models.documents import Document, Loaded, Sourced
from units.models.people import Membership, UsedPassword, User
from units.models.places import Jurisdiction, Region, RegionMember, codes_below
from units.models.requests import PersonRequest
from units.models.seals import DayHead, MonthSeal, Seal
from units.models.succession import Succession
from units.models.units import Office, Unit, UnitName

__all__ = [
    "AuditEntry",
    "ColumnChoice",
    "DayHead",
    "DayList",
    "Deputy",
    "Document",
    "Jurisdiction",
    "ListedDay",
    "Loaded",
    "Membership",
    "MonthSeal",
    "Office",
    "PersonRequest",
    "Region",
    "RegionMember",
    "Seal",
    "Sourced",
    "Succession",
    "Unit",
    "UnitName",
    "UsedPassword",
    "User",
    "codes_below",
]
