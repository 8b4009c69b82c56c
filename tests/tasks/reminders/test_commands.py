"""The commands as an operator types them."""

import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tasks.models import Digest, Notice
from tests.factories import PlanFactory
from tests.tasks.reminders.conftest import Scene
from units.models import AuditEntry, Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def output(*args: Any) -> str:
    out = StringIO()
    call_command(*args, stdout=out, stderr=out)
    return out.getvalue()


def test_a_dry_run_says_who_what_and_why_and_writes_nothing(scene: Scene) -> None:
    PlanFactory(draft=True, short_title="草案")
    text = output("send_reminders", "--on", "2026-10-14", "--dry-run")
    line = next(line for line in text.splitlines() if line.startswith("审签员"))
    for word in ("重庆市能源局", "进展未报", "+3", "2026-10-10", "联合方案 1. 协同开发油气资源"):
        assert word in line
    assert "审签人；到期后3个工作日（2026-10-14起）" in line
    assert "将新增2条提醒，涉及2人；此前已告知0条" in text
    assert "征求意见稿仅供参考" in text
    assert not Notice.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_run_makes_them_once(scene: Scene) -> None:
    assert "新增2条提醒，涉及2人；待发邮件2封" in output("send_reminders", "--on", "2026-10-14")
    assert "新增0条提醒" in output("send_reminders", "--on", "2026-10-14")
    dry = output("send_reminders", "--on", "2026-10-14", "--dry-run")
    assert "将新增0条提醒，涉及0人；此前已告知2条" in dry
    assert Digest.objects.count() == 2


def test_it_says_what_nobody_is_told(scene: Scene) -> None:
    Membership.objects.all().delete()
    text = output("send_reminders", "--on", "2026-10-14")
    assert "未告知：" in text
    assert "也没有协调办公室人员可告知" in text


def test_days_off_and_years_without_a_list(scene: Scene) -> None:
    assert "2026-10-11是休息日，不提醒" in output("send_reminders", "--on", "2026-10-11")
    assert "没有2027年的节假日" in output("send_reminders", "--on", "2027-03-01", "--dry-run")


@pytest.mark.parametrize("text", ["2025-02-30", "昨天", "20251224", "2025-1-1", ""])
@pytest.mark.parametrize("command", ["send_reminders", "open_periods"])
def test_a_bad_date_is_one_sentence(db: None, command: str, text: str) -> None:
    with pytest.raises(CommandError, match=r"日期“.*”无效") as caught:
        call_command(command, "--on", text)
    assert "\n" not in str(caught.value)
    assert caught.value.returncode == 1


def test_open_periods(scene: Scene) -> None:
    assert "2026年第2季度" in output("open_periods", "--on", "2026-10-01")
    assert "没有需要开放的填报期" in output("open_periods", "--on", "2026-10-01")


def test_without_a_day_it_is_today(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime.date(2026, 10, 14)
    monkeypatch.setattr("tracker.lib.workdays.today", lambda: day)
    assert "2026-10-14：新增2条提醒" in output("send_reminders")


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-10-09", "填报人；到期前1个工作日（2026-10-09起）"),
        ("2026-10-10", "填报人；到期当日（2026-10-10起）"),
    ],
)
def test_before_and_on_the_day(scene: Scene, day: str, why: str) -> None:
    assert why in output("send_reminders", "--on", day, "--dry-run")
