"""Both leads of a joint task, late, urged by the own side's office."""

import io
from typing import Any

import pytest
from docx import Document

from tasks.models import Urge, UrgeUnit
from tests.tasks.views.overdue.conftest import late as late

NEW, CALL = "/urges/new/", "/calls/new/"
REPORT = "report/{}/2026Q3"
SENT = {"line": "请主要负责同志过问。", "answer_by": "2026-11-27"}


def paper(content: bytes) -> str:
    """What a Word letter says."""
    return "\n".join(line.text for line in Document(io.BytesIO(content)).paragraphs)


@pytest.fixture
def sent(as_: Any, late: Any, clock: Any) -> Urge:
    """The own side's office has urged both leads about their dates."""
    rows = [f"task/{late.side.pk}", f"task/{late.other_side.pk}"]
    as_(late.office).post(NEW, {"row": rows, **SENT})
    return Urge.objects.get()


def part_of(urge: Urge, unit: Any) -> UrgeUnit:
    return urge.parts.get(unit=unit)
