"""Sending again by one click."""

from tasks.models import Urge
from tests.tasks.views.urging.conftest import paper, part_of


def test_again_by_one_click_what_is_still_open(as_, late, clock, sent):
    part = part_of(sent, late.side.unit)
    browser = as_(late.office)
    browser.post(f"/urges/units/{part.pk}/again/")
    second = Urge.objects.latest("pk")
    assert (second.again, second.line) == (sent, sent.line)
    assert [one.unit for one in second.parts.all()] == [late.side.unit]
    letter = paper(browser.get(f"/urges/units/{second.parts.get().pk}/letter/").content)
    assert "我办曾于2026年11月20日就有关事项致函（催2026-001）。" in letter
    browser.post(f"/urges/units/{second.parts.get().pk}/again/")
    assert Urge.objects.count() == 2  # pressed twice
    late.side.state = "closed"
    late.side.save()
    page = browser.post(f"/urges/units/{part.pk}/again/", follow=True)
    assert "所列事项都已办理，无须再次催办。" in page.text
    assert as_(late.lead).post(f"/urges/units/{part.pk}/again/").status_code == 404


def test_again_to_all_who_have_not_signed(as_, late, clock, sent):
    as_(late.lead).post(f"/urges/units/{part_of(sent, late.side.unit).pk}/sign/")
    as_(late.office).post(f"/urges/{sent.pk}/again/")
    second = Urge.objects.latest("pk")
    assert [one.unit for one in second.parts.all()] == [late.other_side.unit]
    as_(late.other_lead).post(f"/urges/units/{part_of(sent, late.other_side.unit).pk}/sign/")
    page = as_(late.office).post(f"/urges/{sent.pk}/again/", follow=True)
    assert "各单位都已签收" in page.text
