"""Every name that stands in an entry of the log has words in both languages; so have values."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from tasks.services import record_parts
from tasks.services.record_parts import OPEN, OPEN_WORDS, PARTS
from tests import factories as make
from tests.entry_names import names_by_verb
from tests.history import recorded
from units import models as units
from units.models import AuditEntry
from units.services import log_words
from units.states import Role
from units.verbs import ADMINISTRATION

ABOUT = {
    "user": units.User,
    "membership": units.Membership,
    "person_request": units.PersonRequest,
    "deputy": units.Deputy,
    "unit": units.Unit,
    "succession": units.Succession,
    "calendar": units.DayList,
    "token": units.User,
}
RAW = re.compile("[a-z][._][a-z]")


def _models(verb: str) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """What an entry of the verb is about, and which of its names are told; None is all."""
    for part in PARTS:
        if verb in part.words:
            yield part.model._meta.label_lower, part.fields
    if verb in OPEN_WORDS:
        yield OPEN[verb.split(".")[0]]._meta.label_lower, None
    if verb in ADMINISTRATION:
        model = ABOUT.get(verb.split(".")[0])
        yield (model._meta.label_lower if model else ""), None


def _told() -> Iterator[tuple[str, str, str]]:
    for verb, names in sorted(names_by_verb().items()):
        for about, fields in _models(verb):
            for name in sorted(names):
                if fields is None or name in fields:
                    yield verb, about, name


def test_the_sources_are_read() -> None:
    found = names_by_verb()
    assert found["user.lock"] == {"username", "failures", "until"}
    assert {"side", "missing", "returned", "unreviewed"} <= found["period.close_side"]
    assert {"old", "new", "kind", "duties"} <= found["succession.enter"]
    assert len(set(_told())) > 100


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_name_has_words(language: str) -> None:
    with translation.override(language):
        raw = []
        for verb, about, name in _told():
            label = log_words.label_of(AuditEntry(verb=verb, object_type=about), name)
            if label == name or RAW.search(label) or (language == "zh-hans" and label.isascii()):
                raw.append((verb, about, name, label))
    assert not raw, "give it words in units/services/log_words.py or tasks/services/record_parts.py"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_verb_has_words(language: str) -> None:
    with translation.override(language):
        words = {**record_parts.words(), **ADMINISTRATION}
        assert not [verb for verb, told in words.items() if RAW.search(str(told))]


def _page(user: Any, path: str, language: str) -> str:
    browser = Client(headers={"accept-language": language})
    browser.force_login(user)
    browser.cookies["django_language"] = language
    answer = browser.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.text.partition("<tbody>")[2]))


@pytest.mark.django_db
def test_the_log_page_names_filters_columns_and_second_factors() -> None:
    reader = make.site_person(Role.AUDIT_ADMIN)
    recorded("audit.export", by=reader, after={"file": "audit.csv", "verb": "user.login",
                                               "result": "refused", "who": "张三"})  # fmt: skip
    recorded("user.login", reader, by=reader, after={"second_factor": "recovery"})
    told = {"list": "units:people", "columns": ["name", "posts"], "rows": 3}
    recorded("people.export", by=reader, after=told)
    chinese = _page(reader, "/audit/", "zh-hans")
    for words in ("动作 — → 登录", "结果 — → 被拒绝", "第二验证 — → 恢复码", "名单 — → 人员名单",
                  "列 — → 姓名、任职", "行数 — → 3"):  # fmt: skip
        assert words in chinese, words
    english = _page(reader, "/audit/", "en")
    for raw in ("second_factor", "user.login", "units:people", "posts"):
        assert not re.search(rf"\b{raw}\b", english), raw


@pytest.mark.django_db
def test_the_record_of_reminder_settings_names_rules_and_roles() -> None:
    plan = make.joint_plan()
    office = make.coordinator(plan.sides.order_by("order")[0].office)
    steps = {"on": True, "steps": [-5, 0], "repeat": 5, "tell": {"report.review": 1}}
    kept = {"target_day": "06-30", "rules": {"report_due": steps}}
    recorded("plan.reminders", plan, by=office, after={"reminder_settings": kept})
    english = _page(office, "/records/", "en")
    for raw in ("report_due", "target_day", "steps", "report.review", "reminder_settings", "tell"):
        assert not re.search(rf"\b{raw}\b", english), raw
