"""Programs that tests need, and what they do with one of them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NO_OFFICE = "no LibreOffice on this machine"


def need(found: object, reason: str) -> None:
    """Skip where a part is missing; on the CI, where it must be there, fail."""
    if found:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def by_libreoffice(path: Path, folder: Path, kind: str = "xlsx") -> Path:
    """The same file, opened and saved by LibreOffice in a folder below the one given."""
    office = shutil.which("soffice")
    need(office, NO_OFFICE)
    out = folder / "saved"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = [str(office), profile, "--headless", "--convert-to", kind, "--outdir", str(out)]
    subprocess.run([*words, str(path)], check=True, capture_output=True, timeout=300)  # noqa: S603 - our own file
    return out / f"{path.stem}.{kind}"
