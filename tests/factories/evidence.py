"""Evidence."""

import hashlib

import factory
from factory.django import DjangoModelFactory

from tasks.models import Evidence
from tests.factories.days import NOW
from tests.factories.tasks import ProgressReportFactory

CONTENT = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"


class EvidenceFactory(DjangoModelFactory[Evidence]):
    """A PDF with a draft; `on_disk()` of the row lays it down."""

    class Meta:
        model = Evidence

    report = factory.SubFactory(ProgressReportFactory)
    unit = factory.LazyAttribute(lambda o: o.report and o.report.responsibility.unit)
    name = factory.Sequence(lambda n: f"验收材料{n}.pdf")
    kind = "pdf"
    size = len(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    uploaded_by = factory.LazyAttribute(lambda o: o.report and o.report.filled_by)
    uploaded_at = NOW


def on_disk(row: Evidence) -> Evidence:
    """The row with its file laid down."""
    row.full_path.parent.mkdir(parents=True, exist_ok=True)
    row.full_path.write_bytes(CONTENT)
    return row
