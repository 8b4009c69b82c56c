"""配合情况: told, taken back, taken in, sent back; who reads it when; what is noted as missing."""

from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from tasks import policy
from tasks.models import Contribution, ProgressReport, Responsibility
from tasks.services import contributions, progress
from tasks.services.entry import Entry
from tasks.states import ContributionState, ReportState, TaskState
from tests.factories import NOW, TODAY
from tests.tasks.signing.conftest import ENTRY, Cast, draft
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db
TEXT = "完成规上工业能耗核算。"


def tell(cast: Cast, **more: Any) -> Contribution:
    given = {"by": cast.helper, "now": NOW, "submit": True, **more}
    side = given.pop("side", cast.helping)
    return contributions.save(side, cast.period, given.pop("text", TEXT), **given)


def readers(cast: Cast, row: Contribution) -> set[str]:
    names = {name: value for name, value in vars(cast).items() if isinstance(value, User)}
    return {
        name
        for name, person in names.items()
        if policy.can(User.objects.get(pk=person.pk), "contribution.view", row)
    }


def test_a_draft_then_told(cast: Cast) -> None:
    row = tell(cast, submit=False, text="")
    assert row.state == ContributionState.DRAFT
    with pytest.raises(ValidationError) as caught:
        tell(cast, text=" ", version=1)
    assert list(caught.value.message_dict) == ["text"]
    row = tell(cast, version=1)
    assert (row.state, row.submitted_by, row.version) == (
        ContributionState.SUBMITTED,
        cast.helper,
        2,
    )
    assert AuditEntry.objects.filter(verb="contribution.submit").exists()


def test_a_side_that_has_ended_asks_nothing_of_its_helpers(cast: Cast) -> None:
    """The other side goes on; a body of no side helps that one, too."""
    Responsibility.objects.filter(pk=cast.side.pk).update(state=TaskState.CLOSED)
    asked = []
    for person in (cast.helper, cast.railway):
        browser = Client()
        browser.force_login(person)
        with time_machine.travel(NOW, tick=False):
            asked.append(cast.side.task.title in browser.get("/contributions/").text)
    assert asked == [False, True]


def test_the_second_is_told_of_the_first(cast: Cast) -> None:
    tell(cast, submit=False)
    with pytest.raises(Stale):
        tell(cast)


def test_only_its_own_unit_writes_it(cast: Cast) -> None:
    for person in (cast.lead, cast.office, cast.stranger, cast.railway):
        with pytest.raises(PermissionDenied):
            tell(cast, by=person)
    with pytest.raises(PermissionDenied):
        tell(cast, side=cast.side, by=cast.lead)


def test_who_reads_it_when(cast: Cast) -> None:
    row = tell(cast, submit=False)
    assert readers(cast, row) == {"helper"}
    row = tell(cast, version=1)
    own = {"helper", "lead", "signer"}
    assert readers(cast, row) == own
    report = contributions.take(row, cast.side, by=cast.lead, now=NOW)
    assert readers(cast, row) == own
    ProgressReport.objects.update(state=ReportState.SUBMITTED, percent=50)
    close = own | {"office", "colleague", "auditor"}
    assert readers(cast, row) == close
    ProgressReport.objects.filter(pk=report.pk).update(state=ReportState.APPROVED)
    assert readers(cast, row) == close | {"other_lead", "other_office", "railway"}


def test_a_body_of_no_side_tells_both_leads(cast: Cast) -> None:
    row = tell(cast, side=cast.central, by=cast.railway)
    assert {"lead", "other_lead"} <= readers(cast, row)
    contributions.take(row, cast.side, by=cast.lead, now=NOW)
    row.refresh_from_db()
    lead = contributions.lead_for(row, cast.other_lead)
    assert lead == cast.other
    report = contributions.take(row, lead, by=cast.other_lead, now=NOW)
    assert TEXT in report.progress
    row.refresh_from_db()
    assert row.taken_by == cast.lead


def test_it_is_taken_in_under_its_units_name(cast: Cast) -> None:
    row, before = tell(cast), draft(cast)
    report = contributions.take(row, cast.side, by=cast.lead, now=NOW)
    assert report.progress == f"{ENTRY.progress}\n【重庆市经济信息委配合】{TEXT}"
    assert (report.state, report.version) == (ReportState.DRAFT, before.version + 1)
    row.refresh_from_db()
    assert (row.state, row.taken_by) == (ContributionState.TAKEN, cast.lead)
    with pytest.raises(IllegalMove):
        contributions.recall(row, by=cast.helper, now=NOW)


def test_what_was_typed_meanwhile_goes_along(cast: Cast) -> None:
    row, before = tell(cast), draft(cast)
    typed = Entry(percent=60, progress="新写的。")
    report = contributions.take(
        row, cast.side, by=cast.lead, now=NOW, entry=typed, version=before.version
    )
    assert report.percent == 60
    assert report.progress.startswith("新写的。\n【")


def test_nothing_is_taken_into_what_was_saved_since(cast: Cast) -> None:
    row, before = tell(cast), draft(cast)
    draft(cast, version=before.version)
    with pytest.raises(Stale):
        contributions.take(
            row, cast.side, by=cast.lead, now=NOW, entry=ENTRY, version=before.version
        )
    assert Contribution.objects.get().state == ContributionState.SUBMITTED


def test_only_its_lead_takes_it(cast: Cast) -> None:
    row = tell(cast)
    for person in (cast.other_lead, cast.helper, cast.office, cast.stranger):
        with pytest.raises((PermissionDenied, IllegalMove)):
            contributions.take(row, cast.side, by=person, now=NOW)
    assert contributions.lead_for(row, cast.other_lead) is None


def test_taken_back_and_sent_back(cast: Cast) -> None:
    row = contributions.recall(tell(cast), by=cast.helper, now=NOW)
    assert row.state == ContributionState.DRAFT
    row = tell(cast, version=row.version)
    with pytest.raises(ValidationError):
        contributions.send_back(row, reason="", by=cast.lead, now=NOW)
    row = contributions.send_back(row, reason="请补充数据。", by=cast.lead, now=NOW)
    assert (row.state, row.return_reason) == (ContributionState.RETURNED, "请补充数据。")
    assert tell(cast, version=row.version).state == ContributionState.SUBMITTED


def test_who_told_nothing_is_named_at_submission(cast: Cast) -> None:
    tell(cast)
    done = progress.submit(cast.side, cast.period, ENTRY, by=cast.signer, now=NOW)
    assert done.unanswered == ["中国铁路成都局集团公司"]
    other = progress.submit(cast.other, cast.period, ENTRY, by=cast.other_lead, now=NOW)
    assert other.unanswered == ["中国铁路成都局集团公司"]


def test_the_desk_lists_what_is_to_be_told(cast: Cast) -> None:
    (part,) = contributions.parts(cast.helper, TODAY)
    assert (part.side, part.is_open, part.due_on) == (
        cast.helping,
        True,
        cast.period.contributions_due_on,
    )
    tell(cast)
    (part,) = contributions.parts(cast.helper, TODAY)
    assert not part.is_open
