"""督查意见: who answered for the unit does not judge."""

from typing import Any

import pytest

from tasks.models import Finding
from tests.factories import MembershipFactory, inspector
from tests.factories.units import JurisdictionFactory
from tests.tasks.views.test_findings import As, post, url
from tests.tasks.views.test_findings import finding as finding


@pytest.mark.parametrize(
    ("answer", "verdicts"), [("answer", ("close", "reject")), ("contest", ("uphold", "withdraw"))]
)
def test_nobody_judges_what_they_answered(
    as_: As, world: Any, finding: Finding, clock: Any, answer: str, verdicts: tuple[str, ...]
) -> None:
    MembershipFactory(user=world.auditor, unit=world.side.unit)
    browser = as_(world.auditor)
    assert post(browser, finding, answer) == 302
    assert browser.get(url(finding)).context["forms"] == []
    for verdict in verdicts:
        assert post(browser, finding, verdict) == 403, verdict
    other = inspector(JurisdictionFactory())
    assert post(as_(other), finding, verdicts[0]) == 302
