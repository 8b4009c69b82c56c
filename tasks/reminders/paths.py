"""Where a notice leads: an address with words that the database puts in, row by row."""

from dataclasses import dataclass

from django.urls import reverse

# What each word stands for while the address is made; no row has such numbers.
STANDS_FOR: dict[str, int | str] = {
    "number": 900_000_000_001,
    "duty": 900_000_000_002,
    "task": 900_000_000_003,
    "unit": 900_000_000_004,
    "quarter": "1900Q1",
}


@dataclass(frozen=True)
class Path:
    """A page's name and the words of its address: Path("tasks:report", "duty", "quarter")."""

    name: str
    words: tuple[str, ...] = ()

    def template(self) -> str:
        """Its address with {duty} for the duty's number, and so on."""
        address = reverse(self.name, args=[STANDS_FOR[word] for word in self.words])
        for word in self.words:
            address = address.replace(str(STANDS_FOR[word]), f"{{{word}}}")
        return address


TASK = Path("tasks:detail", ("task",))
REPORT = Path("tasks:report", ("duty", "quarter"))
CONTRIBUTION = Path("tasks:contribution", ("duty", "quarter"))
READ = Path("tasks:view_report", ("number",))
SIGNING = Path("tasks:signing")
FINDING = Path("tasks:finding", ("number",))
MILESTONE = Path("tasks:milestone", ("number",))
EXTENSION = Path("tasks:extension", ("number",))
ENDING = Path("tasks:ending", ("number",))
OBSERVATION = Path("tasks:observation", ("number",))
OBSERVE = Path("tasks:observe", ("number",))
TARGET = Path("tasks:target", ("number",))
UNIT = Path("tasks:unit", ("unit",))
CONTACTS = Path("tasks:contacts_edit", ("unit",))
