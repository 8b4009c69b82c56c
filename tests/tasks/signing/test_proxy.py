"""代填: who may, what is asked, that it is marked and never overwrites what a unit writes."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks import policy
from tasks.models import ProgressReport
from tasks.services import progress, proxy
from tasks.states import ReportState
from tests.factories import NOW
from tests.tasks.signing.conftest import ENTRY, Cast, draft
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db
REASON = "该单位机构改革，暂无填报人，依据其来函填报。"


def enter(cast: Cast, by: User, reason: str = REASON, version: int = 0) -> ProgressReport:
    return proxy.enter(
        cast.side, cast.period, ENTRY, reason=reason, by=by, now=NOW, version=version
    )


def test_it_is_handed_in_and_marked(cast: Cast) -> None:
    done = enter(cast, cast.office)
    assert (done.state, done.entered_by_office, done.entered_reason) == (
        ReportState.SUBMITTED,
        True,
        REASON,
    )
    assert AuditEntry.objects.get(verb="report.submit").reason == REASON


def test_who_entered_it_does_not_review(cast: Cast) -> None:
    done = enter(cast, cast.office)
    assert not policy.can(cast.office, "report.review", done)
    assert policy.can(cast.colleague, "report.review", done)


def test_a_reason_is_asked_for(cast: Cast) -> None:
    with pytest.raises(ValidationError) as caught:
        enter(cast, cast.office, reason=" ")
    assert list(caught.value.message_dict) == ["reason"]


def test_only_the_office_of_the_side(cast: Cast) -> None:
    for person in (cast.lead, cast.other_office, cast.auditor, cast.stranger):
        with pytest.raises(PermissionDenied):
            enter(cast, person)


def test_what_the_unit_writes_stays(cast: Cast) -> None:
    report = draft(cast)
    with pytest.raises(ValidationError) as caught:
        enter(cast, cast.office, version=report.version)
    assert "正在填报" in caught.value.messages[0]
    assert ProgressReport.objects.get().filled_by == cast.lead


def test_the_unit_takes_over_what_was_sent_back(cast: Cast) -> None:
    done = enter(cast, cast.office)
    back = progress.return_report(done, reason="请核实。", by=cast.colleague, now=NOW)
    report = draft(cast, version=back.version)
    assert (report.entered_by_office, report.entered_reason) == (False, "")


def test_the_office_mends_what_was_sent_back(cast: Cast) -> None:
    done = enter(cast, cast.office)
    back = progress.return_report(done, reason="请核实。", by=cast.colleague, now=NOW)
    again = enter(cast, cast.office, version=back.version)
    assert again.state == ReportState.SUBMITTED
