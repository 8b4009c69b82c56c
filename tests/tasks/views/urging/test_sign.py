"""签收 and answers: by whom, once, and who sees them."""

import datetime

from tasks.models import Notice, UrgeUnit
from tests.factories import NOW, MembershipFactory
from tests.tasks.views.conftest import words
from tests.tasks.views.urging.conftest import part_of
from units.models import AuditEntry


def test_the_unit_signs_and_answers(as_, late, clock, sent):
    part = part_of(sent, late.side.unit)
    browser = as_(late.lead)
    assert "份函件待本单位签收" in words(browser.get("/").text)
    page = browser.get(f"/urges/units/{part.pk}/")
    assert "请主要负责同志过问。" in page.text
    assert browser.post(f"/urges/units/{part.pk}/sign/").status_code == 302
    part.refresh_from_db()
    assert (part.state, part.signed_by, part.signed_at) == ("signed", late.lead, NOW)
    assert Notice.objects.get(subject=f"urge/{part.pk}").settled
    assert "份函件待本单位签收" not in words(browser.get("/").text)
    browser.post(f"/urges/units/{part.pk}/sign/", {"answer": "本周内办结。"})
    part.refresh_from_db()
    assert (part.state, part.answer, part.answered_by) == ("answered", "本周内办结。", late.lead)
    browser.post(f"/urges/units/{part.pk}/sign/", {"answer": "改一改。"})
    part.refresh_from_db()
    assert part.answer == "本周内办结。"
    verbs = AuditEntry.objects.filter(verb__startswith="urge.").values_list("verb", flat=True)
    assert sorted(verbs) == ["urge.answer", "urge.send", "urge.send", "urge.sign"]


def test_an_answer_signs_at_once_and_a_liaison_only_signs(as_, late, clock, sent):
    part = part_of(sent, late.side.unit)
    liaison = MembershipFactory(unit=late.side.unit, liaison=True).user
    browser = as_(liaison)
    assert "answer" not in browser.get(f"/urges/units/{part.pk}/").text
    refused = browser.post(f"/urges/units/{part.pk}/sign/", {"answer": "好。"})
    assert refused.status_code == 403
    as_(late.lead).post(f"/urges/units/{part.pk}/sign/", {"answer": "已办。"})
    part.refresh_from_db()
    assert (part.state, part.signed_by) == ("answered", late.lead)


def test_who_sees_what_was_sent(as_, late, clock, sent):
    own = part_of(sent, late.side.unit)
    other = part_of(sent, late.other_side.unit)
    for who, mine in [
        (late.office, {own, other}),
        (late.auditor, {own, other}),
        (late.lead, {own}),
        (late.other_lead, {other}),
        (late.other_office, set()),
        (late.cooperating, set()),
    ]:
        browser = as_(who)
        page = browser.get("/urges/", {"state": "all"})
        assert {row.part for row in page.context["rows"]} == mine
        for part in (own, other):
            status = 200 if part in mine else 404
            assert browser.get(f"/urges/units/{part.pk}/").status_code == status
            assert browser.get(f"/urges/units/{part.pk}/letter/").status_code == status
    assert as_(late.lead).get(f"/urges/{sent.pk}/").status_code == 404
    assert as_(late.lead).post(f"/urges/units/{other.pk}/sign/").status_code == 404
    assert as_(late.auditor).post(f"/urges/units/{own.pk}/sign/").status_code == 403


def test_who_is_asked_reads_of_no_lateness(as_, late, clock, sent):
    sent.answer_by = datetime.date(2026, 11, 13)
    sent.save()
    own, other = part_of(sent, late.side.unit), part_of(sent, late.other_side.unit)
    for address in ("/", "/urges/", f"/urges/units/{other.pk}/", "/notices/"):
        page = words(as_(late.other_lead).get(address).text)
        page = page[page.index("<main") :] if "<main" in page else page
        for word in ("催办", "已过回复期限", "逾期未回复"):
            assert word not in page, (address, word)
    assert "已过回复期限" in as_(late.lead).get(f"/urges/units/{own.pk}/").text
    assert "已过回复期限" in as_(late.office).get(f"/urges/units/{other.pk}/").text


def test_what_was_sent_again_is_signed_for_and_answered_at_once(as_, late, clock, sent):
    first = part_of(sent, late.side.unit)
    as_(late.office).post(f"/urges/units/{first.pk}/again/")
    second = UrgeUnit.objects.exclude(urge=sent).get()
    as_(late.lead).post(f"/urges/units/{second.pk}/sign/")
    states = UrgeUnit.objects.filter(unit=late.side.unit).values_list("state", flat=True)
    assert set(states) == {"signed"}
    as_(late.lead).post(f"/urges/units/{second.pk}/sign/", {"answer": "下周办结。"})
    first.refresh_from_db()
    assert (first.state, first.answer) == ("answered", "下周办结。")
    assert part_of(sent, late.other_side.unit).state == "sent"
    assert AuditEntry.objects.filter(verb="urge.sign").count() == 2
    page = as_(late.office).get("/urges/")
    assert [row.part.unit for row in page.context["rows"]] == [late.other_side.unit]


def test_an_answer_that_is_too_long_is_refused_and_kept_in_the_form(as_, late, clock, sent):
    part = part_of(sent, late.side.unit)
    answer = as_(late.lead).post(f"/urges/units/{part.pk}/sign/", {"answer": "长" * 501})
    assert answer.status_code == 422
    assert "长" * 501 in answer.text
    part.refresh_from_db()
    assert part.state == "sent"
