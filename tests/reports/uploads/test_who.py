"""Whose form is taken from whom, and who sees what was sent in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.models import Upload
from tasks.models import ProgressReport
from tests.factories import MembershipFactory, coordinator, officer
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import apply, browser, page, read_all, send, sent
from units.models import User

pytestmark = pytest.mark.django_db


def test_another_units_form_is_refused(world: World) -> None:
    other = officer(world.part.task.responsibilities.leads().get().unit)
    upload = sent(browser(other), world.filled({"G5": 80}))
    assert upload.state == "refused"
    assert "重庆市能源局" in upload.error
    assert upload.unit is None
    assert browser(world.by).get(f"/reports/uploads/{upload.pk}/").status_code == 404


def test_a_colleague_sees_and_applies_it_and_the_office_does_not(
    world: World, office: User
) -> None:
    upload = sent(browser(world.by), world.filled({"G5": 80, "I5": "完成。"}))
    address = f"/reports/uploads/{upload.pk}/"
    liaison = MembershipFactory(unit=world.unit, liaison=True).user
    for person in (office, liaison):
        for end in ("", "file/", "marked/"):
            assert browser(person).get(address + end).status_code == 404
        assert browser(person).post(f"{address}apply/", {"seen": "x"}).status_code == 404
    colleague = browser(officer(world.unit))
    assert colleague.get(f"{address}file/").getvalue()[:2] == b"PK"
    assert apply(colleague, upload).status_code == 302
    assert ProgressReport.objects.get().percent == 80


def test_what_the_office_sent_the_unit_sees_once_it_is_applied(world: World, office: User) -> None:
    upload = sent(browser(office), world.filled({"G5": 80, "I5": "代填。"}))
    unit = browser(world.by)
    assert unit.get(f"/reports/uploads/{upload.pk}/").status_code == 404
    assert apply(browser(office), upload, reason="来函委托。").status_code == 302
    shown = page(unit, upload)
    assert "来函委托。" in shown
    assert unit.post(f"/reports/uploads/{upload.pk}/drop/").status_code == 404


def test_the_other_sides_office_cannot_enter_it(world: World) -> None:
    other = coordinator(world.plan.sides.order_by("order")[1].office)
    upload = sent(browser(other), world.filled({"G5": 80, "I5": "代填。"}))
    assert (upload.state, upload.unit) == ("refused", None)


def test_the_office_does_not_write_over_what_the_unit_has_begun(world: World, office: User) -> None:
    mine = sent(browser(world.by), world.filled({"G5": 40, "I5": "单位的草稿。"}))
    path = world.filled({"G5": 80, "I5": "代填。"})
    apply(browser(world.by), mine)
    upload = sent(browser(office), path)
    if upload.state == "ready":
        assert "单位的草稿。" not in page(browser(office), upload)
        assert apply(browser(office), upload, reason="来函委托。").status_code in {409, 422}
    assert ProgressReport.objects.get().progress == "单位的草稿。"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("表.xlsx", b"PK\x03\x04garbage"),
        ("表.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)),
        ("表.csv", "序号,任务\n1,甲".encode()),
        ("表.xlsx", b"%PDF-1.4"),
        ("表.zip", b"PK\x05\x06" + bytes(18)),
        ("表.xlsx", bytes(100)),
    ],
)
def test_what_is_no_form_gets_a_sentence(name: str, content: bytes, world: World) -> None:
    answer = send(browser(world.by), SimpleUploadedFile(name, content))
    assert answer.status_code == 302
    read_all()
    upload = Upload.objects.get()
    assert upload.state == "refused"
    assert upload.error.endswith("。")
    assert "管理员" not in upload.error
    assert upload.error in page(browser(world.by), upload)


def test_an_empty_file_none_and_too_many_are_told_at_once(world: World) -> None:
    client = browser(world.by)
    for files in ([], [SimpleUploadedFile("空.xlsx", b"")]):
        answer = send(client, *files)
        assert answer.status_code == 422
        assert "error-summary" in answer.content.decode()
    assert not Upload.objects.exists()
