"""The lines of a sheet of people and contacts, and what each would do."""

from dataclasses import dataclass, field, replace
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.services.contacts import Called
from tasks.services.roster_sheet import Entry
from units.models import Unit, User
from units.services.newcomers import Newcomer
from units.states import Role


class Fate(Enum):
    """What becomes of a line."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"

    @property
    def label(self) -> object:
        return {
            "new": gettext_lazy("新增"),
            "changed": gettext_lazy("更新"),
            "unchanged": gettext_lazy("不变"),
            "wrong": gettext_lazy("有误"),
        }[self.value]


@dataclass
class Row:
    """A line of the sheet and what it would do."""

    entry: Entry
    unit: Unit | None = None
    role: Role | None = None
    person: User | None = None
    newcomer: Newcomer | None = None
    fate: Fate = Fate.UNCHANGED
    says: list[str] = field(default_factory=list)

    def take(self, phone: str) -> None:
        """Mend a phone of which a sheet has eaten the first 0, and say so."""
        if phone != self.entry.phone:
            words = {"old": self.entry.phone, "new": phone}
            self.says.append(_("电话%(old)s少了区号的0，按%(new)s写入，请核对。") % words)
            self.entry = replace(self.entry, phone=phone)

    @property
    def is_wrong(self) -> bool:
        return self.fate == Fate.WRONG

    def changes(self, sentences: list[str]) -> None:
        """Say what the line changes of what stands."""
        self.says += sentences
        if self.fate == Fate.UNCHANGED:
            self.fate = Fate.CHANGED

    def wrong(self, sentence: str) -> None:
        """Say what is wrong and how to mend it."""
        if self.fate != Fate.WRONG:
            self.says.clear()
        self.fate = Fate.WRONG
        self.says.append(sentence)


@dataclass
class Preview:
    """All lines, and the contacts that would be written by duty."""

    rows: list[Row]
    written: dict[int, Called] = field(default_factory=dict)

    def count(self, fate: Fate) -> int:
        return sum(row.fate == fate for row in self.rows)

    @property
    def counts(self) -> list[tuple[Fate, int]]:
        return [(fate, self.count(fate)) for fate in Fate]

    @property
    def is_good(self) -> bool:
        """Nothing is wrong, and something would change."""
        return not self.count(Fate.WRONG) and any(
            row.fate in (Fate.NEW, Fate.CHANGED) for row in self.rows
        )
