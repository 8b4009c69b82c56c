"""A unit with a form, its office, and a browser that one of them holds."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reports.models import Upload
from reports.services import upload_later, upload_reading
from tests.factories import NOW, coordinator
from tests.reports.returns.conftest import World
from tests.reports.returns.conftest import world as world
from tests.reports.returns.conftest import worlds as worlds
from units.models import User

Sender = Callable[..., Upload]


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The doorbell's calls, kept from the broker."""
    calls: list[tuple[Any, ...]] = []
    for module in ("uploads", "upload_reading", "upload_later", "runs"):
        monkeypatch.setattr(f"reports.services.{module}.ring", lambda *args: calls.append(args))
    return calls


@pytest.fixture
def office(world: World) -> User:
    """A coordinator of the unit's side."""
    return coordinator(world.plan.sides.order_by("order")[0].office)


def browser(user: User) -> Client:
    """Where the person has logged in."""
    client = Client()
    client.force_login(user)
    return client


def file_of(path: Path, name: str = "") -> SimpleUploadedFile:
    """The file as a browser sends it."""
    return SimpleUploadedFile(name or path.name, path.read_bytes())


def send(client: Client, *files: SimpleUploadedFile, **words: str) -> Any:
    """Send them by the page."""
    return client.post("/reports/forms/", {"sent": list(files), **words})


def read_all() -> None:
    """What workers do when the bell rings."""
    while due := list(Upload.objects.claimable().values_list("pk", flat=True)):
        for pk in due:
            upload_reading.read_upload(pk, now=NOW)


def write_all() -> None:
    """The same for what waits to be written."""
    for pk in list(Upload.objects.to_apply().values_list("pk", flat=True)):
        upload_later.apply_queued(pk)


def sent(client: Client, path: Path, name: str = "") -> Upload:
    """Send one and have it read."""
    answer = send(client, file_of(path, name))
    assert answer.status_code == 302, answer.content.decode()
    read_all()
    return Upload.objects.latest("pk")


def page(client: Client, upload: Upload) -> str:
    """Its page as text."""
    return client.get(f"/reports/uploads/{upload.pk}/").content.decode()


def apply(client: Client, upload: Upload, **said: Any) -> Any:
    """Confirm what the page shows."""
    shown = client.get(f"/reports/uploads/{upload.pk}/")
    form = shown.context["form"]
    body = {"seen": form["seen"].value(), **said}
    return client.post(f"/reports/uploads/{upload.pk}/apply/", body)


def zipped(folder: Path, *files: Path, names: tuple[str, ...] = ()) -> Path:
    """The files in an archive."""
    path = folder / "回填表.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, file in enumerate(files):
            archive.write(file, names[number] if names else file.name)
    return path
