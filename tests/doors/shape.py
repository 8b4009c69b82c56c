"""What a world of the doors is: people by column, rows by the word that the table has for them."""

from dataclasses import dataclass, field
from typing import Any

from tasks.models import Plan, Responsibility
from tests import factories as make
from units.models import User

QUARTER = "2026Q3"
# Whom the table's columns name. `other` and `coord2` are of the plan's other side.
PEOPLE = (
    "nobody", "off", "none", "officer", "signer", "liaison", "helper", "other", "stranger",
    "coord", "leader", "coord2", "insp", "insp2", "system", "security", "audit", "super",
)  # fmt: skip


@dataclass
class World:
    """People by column, rows by the word that the table has for them."""

    people: dict[str, User] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, word: str) -> Any:
        """The row of a word."""
        return self.rows[word]

    def argument(self, word: str) -> Any:
        """What stands in the address for the word."""
        if word in self.words:
            return self.words[word]
        row = self.rows[word]
        return row.code if isinstance(row, Plan) else row.pk


def lead(world: World, title: str) -> Responsibility:
    """A task of both sides with a cooperating unit; the own unit's lead row."""
    task = make.TaskFactory(plan=world["plan"], title=title)
    own: Responsibility = make.ResponsibilityFactory(task=task, unit=world["unit"])
    make.ResponsibilityFactory(task=task, unit=world["helping_unit"], cooperating=True)
    make.ResponsibilityFactory(task=task, unit=world["unit2"])
    return own
