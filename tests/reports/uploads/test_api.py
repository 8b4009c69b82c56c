"""The same by the API."""

import pytest
from rest_framework.test import APIClient

from reports.models import Upload
from tasks.models import ProgressReport
from tasks.services import progress
from tasks.services.entry import Entry
from tests.factories import NOW
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import file_of, read_all
from units.models import User

pytestmark = pytest.mark.django_db


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def sent(client: APIClient, world: World, values: dict[str, object]) -> int:
    files = {"files": [file_of(world.filled(values))]}
    answer = client.post("/api/v1/uploads/", files, format="multipart")
    assert answer.status_code == 202, answer.content
    read_all()
    return int(answer.json()[0]["id"])


def test_the_way_of_a_form(world: World) -> None:
    client = client_of(world.by)
    offered = client.get("/api/v1/forms/").json()
    assert [one["period"] for one in offered] == ["2026Q3"]
    assert client.get(offered[0]["url"]).status_code == 200
    pk = sent(client, world, {"G5": 80, "I5": "完成。"})
    shown = client.get(f"/api/v1/uploads/{pk}/")
    row = shown.json()["preview"]["rows"][0]
    assert (row["sheet"], row["row"], row["change"]) == ("牵头任务", 5, "new")
    told = {cell["name"]: (cell["address"], cell["now"], cell["said"]) for cell in row["cells"]}
    assert told["percent"] == ("G5", None, 80)
    address = f"/api/v1/uploads/{pk}/apply/"
    assert client.post(address, {}, format="json").status_code == 428
    stale = client.post(address, {}, format="json", headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    etag = {"If-Match": shown.headers["ETag"]}
    done = client.post(address, {"submit": True}, format="json", headers=etag)
    assert done.status_code == 200, done.content
    assert done.json()["state"] == "applied"
    assert ProgressReport.objects.get().state == "submitted"
    listed = client.get("/api/v1/uploads/?state=applied&period=2026Q3").json()
    assert [one["id"] for one in listed["results"]] == [pk]
    assert "preview" not in listed["results"][0]


def test_the_sheets_word_where_it_is_chosen(world: World) -> None:
    client = client_of(world.by)
    path = world.filled({"G5": 80, "I5": "表中的。"})
    on_line = Entry(percent=60, progress="网上的。")
    progress.save_draft(world.leads[0], world.period, on_line, by=world.by, now=NOW)
    answer = client.post("/api/v1/uploads/", {"files": [file_of(path)]}, format="multipart")
    read_all()
    pk = answer.json()[0]["id"]
    shown = client.get(f"/api/v1/uploads/{pk}/")
    cells = shown.json()["preview"]["rows"][0]["cells"]
    keys = [cell["key"] for cell in cells if cell["clash"] and cell["name"] == "percent"]
    done = client.post(
        f"/api/v1/uploads/{pk}/apply/",
        {"over": keys},
        format="json",
        headers={"If-Match": shown.headers["ETag"]},
    )
    assert done.status_code == 200, done.content
    report = ProgressReport.objects.get()
    assert (report.percent, report.progress) == (80, "网上的。")


def test_giving_it_up(world: World) -> None:
    client = client_of(world.by)
    pk = sent(client, world, {"G5": 80})
    assert client.post(f"/api/v1/uploads/{pk}/drop/").json()["state"] == "dropped"
    assert client.post(f"/api/v1/uploads/{pk}/drop/").status_code in {400, 409}


def test_a_batch(world: World) -> None:
    client = client_of(world.by)
    pk = sent(client, world, {"G5": 80, "I5": "完成。"})
    batch = Upload.objects.get(pk=pk).batch
    body = {"batch": str(batch)}
    done = client.post("/api/v1/uploads/apply-batch/", body, format="json")
    assert done.json() == {"applied": [pk], "queued": [], "left": []}
    assert ProgressReport.objects.get().state == "draft"


def test_without_files_and_with_others(world: World) -> None:
    client = client_of(world.by)
    for body in ({}, {"sent": "x"}):
        answer = client.post("/api/v1/uploads/", body, format="multipart")
        assert answer.status_code == 400
    assert not Upload.objects.exists()
