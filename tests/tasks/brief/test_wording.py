"""An office's own wording of the suggestions."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks.models import BriefNote, Plan
from tasks.services import brief
from tasks.services.brief import words
from tests.factories import NOW, JurisdictionFactory, UnitFactory, coordinator, inspector, officer
from tests.tasks.brief.conftest import leader_of, made, side_of
from tracker.lib.stale import Stale
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def write(user: User, plan: Plan, text: str, version: int = 0) -> BriefNote:
    period = plan.periods.get(quarter=3)
    return brief.write(side_of(plan), period, text=text, version=version, by=user, now=NOW)


def test_an_office_words_the_suggestions_and_takes_them_back(plan: Plan) -> None:
    user = coordinator(side_of(plan).office)
    note = write(user, plan, "1. 请市能源局说明。\n\n2、 提请会议研究\x07。")
    assert note.text == "请市能源局说明。\n提请会议研究。"
    assert words.advice(made(user, plan)) == ["请市能源局说明。", "提请会议研究。"]
    assert words.advice(made(user, plan, quarter="2026Q2")) != words.advice(made(user, plan))
    write(user, plan, "", version=1)
    assert words.advice(made(user, plan)) == made(user, plan).advice()
    entries = brief.history(made(user, plan).note)
    assert [entry.after["text"] for entry in entries] == ["", "请市能源局说明。\n提请会议研究。"]
    assert {entry.actor for entry in entries} == {user}


def test_the_same_text_again_is_no_change(plan: Plan) -> None:
    user = coordinator(side_of(plan).office)
    write(user, plan, "甲")
    assert write(user, plan, "甲", version=1).version == 1
    assert AuditEntry.objects.filter(verb="brief.write").count() == 1


def test_who_read_an_older_text_does_not_write_over_a_newer(plan: Plan) -> None:
    user = coordinator(side_of(plan).office)
    write(user, plan, "甲")
    for version in (0, 2, -1):
        with pytest.raises(Stale):
            write(user, plan, "乙", version=version)
    assert BriefNote.objects.get().text == "甲"


def test_what_does_not_fit_on_the_page_is_refused(plan: Plan) -> None:
    user = coordinator(side_of(plan).office)
    with pytest.raises(ValidationError, match="共601字"):
        write(user, plan, "字" * 601)
    with pytest.raises(ValidationError, match="超过8条"):
        write(user, plan, "\n".join("一二三四五六七八九"))
    assert not BriefNote.objects.exists()


def test_only_the_own_office_words_them(plan: Plan) -> None:
    side = side_of(plan)
    others = [
        leader_of(side),
        inspector(JurisdictionFactory()),
        coordinator(side_of(plan, "510000").office),
        officer(UnitFactory()),
    ]
    for user in others:
        with pytest.raises(PermissionDenied):
            write(user, plan, "甲")
    assert not BriefNote.objects.exists()
