"""Load what files in YAML say about documents, places, units and offices."""

from units.services.load.bodies import OFFICE_SECTION, UNIT_SECTION
from units.services.load.places import DOCUMENT_SECTION, PLACE_SECTION, REGION_SECTION
from units.services.load.sync import Section

# In this order: each refers to those before it.
SECTIONS: tuple[Section, ...] = (
    DOCUMENT_SECTION,
    PLACE_SECTION,
    REGION_SECTION,
    UNIT_SECTION,
    OFFICE_SECTION,
)

__all__ = ["SECTIONS"]
