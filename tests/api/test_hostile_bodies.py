"""Bodies that would break further in: refused at the door, in words, nothing changed."""

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tasks.models import ProgressReport
from tests import factories as make
from tests.api.conftest import Cast, Door

TOKEN = "/api/v1/token/"
PROGRESS = "/api/v1/progress/"
RUNS = "/api/v1/report-runs/"
JSON = "application/json"
SURROGATE, NUL = "\ud800", "\x00"


def post(client: APIClient, address: str, body: object, **kwargs: Any) -> Any:
    """As text with escapes: what a client's own JSON library sends."""
    return client.post(address, json.dumps(body), content_type=JSON, **kwargs)


@pytest.mark.django_db
@pytest.mark.parametrize("bad", [SURROGATE, NUL, f"a{SURROGATE}b", f"{SURROGATE}x"])
@pytest.mark.parametrize("where", ["key", "value", "deep"])
def test_nobody_breaks_the_token_door(bad: str, where: str) -> None:
    body = {
        "key": {bad: 1},
        "value": {"username": bad, "password": "x"},
        "deep": {"username": [{"a": [{bad: 1}]}], "password": "x"},
    }[where]
    answer = post(APIClient(), TOKEN, body)
    assert answer.status_code == 400
    (field,) = answer.json()
    assert field == ("non_field_errors" if where == "key" else "username")
    assert "不能保存的字符" in answer.json()[field][0]


@pytest.mark.parametrize("bad", [SURROGATE, NUL])
@pytest.mark.parametrize("field", ["progress", "side", "period", "task", "percent", "no_news"])
def test_reports_refuse_it_by_field(cast: Cast, door: Door, field: str, bad: str) -> None:
    before = ProgressReport.objects.count()
    body = {"task": cast.task.pk, "period": "2026Q3", field: f"字{bad}"}
    answer = post(door(cast.lead), PROGRESS, body)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert ProgressReport.objects.count() == before


@pytest.mark.parametrize("bad", [SURROGATE, NUL])
@pytest.mark.parametrize("field", ["book", "paper", "lead_unit", "plan", "period"])
def test_runs_refuse_it_by_field(cast: Cast, door: Door, field: str, bad: str) -> None:
    body = {"book": "status", "period": "2026Q3", field: bad}
    answer = post(door(cast.coordinator), RUNS, body)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_a_pair_of_surrogates_is_a_character(cast: Cast, door: Door) -> None:
    ProgressReport.objects.all().delete()
    body = {"task": cast.task.pk, "period": "2026Q3", "progress": "进展\U0001f600"}
    assert "\\ud83d\\ude00" in json.dumps(body)
    answer = post(door(cast.lead), PROGRESS, body)
    assert (answer.status_code, answer.json()["progress"]) == (201, "进展\U0001f600")


@pytest.mark.django_db
def test_unknown_keys_are_repeated_clean_and_short() -> None:
    answer = post(APIClient(), TOKEN, {"长" * 5000: 1, "a\x1b[31m\x07b": 1})
    assert answer.status_code == 400
    assert list(answer.json()) == ["长" * 50, "a[31mb"]
    many = post(APIClient(), TOKEN, {f"k{n}": 1 for n in range(5000)})
    assert len(many.json()) == 20


@pytest.mark.parametrize("wrong", [1.5, 1.0, "1.0", "1_0", " 1 ", "+1", "１", True, [1], {"a": 1}])
def test_a_number_that_is_no_whole_number_names_no_task(
    cast: Cast, door: Door, wrong: object
) -> None:
    ProgressReport.objects.all().delete()
    pk = cast.task.pk
    tried = {1.5: pk + 0.5, 1.0: float(pk), "1.0": f"{pk}.0", "+1": f"+{pk}", " 1 ": f" {pk} "}
    value = tried.get(wrong, wrong) if isinstance(wrong, float | str) else wrong
    value = f"{str(pk)[0]}_{str(pk)[1:]}" if wrong == "1_0" else value
    body = {"task": value, "period": "2026Q3"}
    answer = post(door(cast.lead), PROGRESS, body)
    assert answer.status_code == 400, value
    assert list(answer.json()) == ["task"]
    assert not ProgressReport.objects.exists()


def test_a_number_as_text_names_a_task(cast: Cast, door: Door) -> None:
    ProgressReport.objects.all().delete()
    answer = post(door(cast.lead), PROGRESS, {"task": str(cast.task.pk), "period": "2026Q3"})
    assert answer.status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "kind", "zh", "en"),
    [
        ("null", JSON, "请求体应为 JSON 对象", "must be a JSON object"),
        ("{", JSON, "JSON 格式错误", "not well formed"),
        ("{}", f"{JSON}; charset=base64", "字符集不能识别", "character set"),
        ("{}", f"{JSON}; charset=bz2", "字符集不能识别", "character set"),
    ],
)
def test_what_is_wrong_with_a_body_is_said_in_the_askers_language(
    content: str, kind: str, zh: str, en: str
) -> None:
    for language, words in [("zh-hans", zh), ("en", en)]:
        answer = APIClient().post(
            TOKEN, content, content_type=kind, headers={"Accept-Language": language}
        )
        assert answer.status_code == 400
        assert words in str(answer.json())


TOO_BIG = {"detail": "请求体过大，请减少内容后重试。"}


@pytest.mark.django_db
def test_a_body_beyond_the_limit_is_413(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = post(APIClient(), TOKEN, {"username": "x" * 2000})
    assert (answer.status_code, answer.json()) == (413, TOO_BIG)
    assert post(APIClient(), TOKEN, {"username": "x" * 100}).status_code == 400


@pytest.mark.django_db
def test_a_body_beyond_the_limit_is_413_in_a_session_too(settings: Any) -> None:
    """Here the check against forged forms is the first to read it."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(make.UserFactory())
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    answer = post(client, PROGRESS, {"progress": "x" * 2000})
    assert (answer.status_code, answer.json()) == (413, TOO_BIG)


@pytest.mark.django_db
def test_a_session_without_the_token_against_forged_forms_is_told_in_words() -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(make.UserFactory())
    answer = post(client, PROGRESS, {})
    assert answer.status_code == 403
    assert "X-CSRFToken" in answer.json()["detail"]
    assert "CSRF Failed" not in answer.json()["detail"]


def test_what_is_not_there_is_said_in_words(cast: Cast, door: Door) -> None:
    client = door(cast.lead_sichuan)
    invisible = f"{PROGRESS}{cast.submitted.pk}/"
    for address in (invisible, f"{PROGRESS}999999/", "/api/v1/report-files/999999/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.json() == {"detail": "没有这条记录，或您不可见。"}
    assert "没有这个接口" in client.get("/api/v1/nothing/").json()["detail"]
    assert "没有这个接口" in client.get("/api/nothing").json()["detail"]


def test_an_error_of_ours_is_json_for_programs_and_a_page_for_people(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("tasks.policy.reports_seen_by", broken)
    client = Client(raise_request_exception=False)
    client.force_login(cast.lead)
    answer = client.get(PROGRESS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, JSON)
    assert answer.json()["detail"].startswith("系统没有完成这次调用")
    english = client.get(PROGRESS, headers={"Accept-Language": "en"})
    assert english.json()["detail"].isascii()
    page = client.get(f"/progress/{cast.submitted.pk}/")
    assert page.status_code == 500
    assert page.headers["Content-Type"].startswith("text/html")
    assert "secret" not in answer.text + page.text


@pytest.mark.parametrize("form", ["{}.5", "{}.0", "+{}", "{}e0", "0x{}"])
def test_filters_by_number_take_digits_alone(cast: Cast, door: Door, form: str) -> None:
    client, target = door(cast.admin), make.TargetFactory(plan=cast.plan)
    asked = [
        (PROGRESS, "task", cast.task.pk),
        ("/api/v1/targets/", "indicator", target.indicator_id),
    ]
    for address, name, number in asked:
        assert client.get(address, {name: number}).json()["count"] > 0
        answer = client.get(address, {name: form.format(number)})
        assert answer.status_code == 400, answer.json()
        assert list(answer.json()) == [name]
    digits = str(cast.task.pk)
    for text in (f"0_{digits}", digits.translate({48 + n: 0xFF10 + n for n in range(10)})):
        assert client.get(PROGRESS, {"task": text}).status_code == 400, text
