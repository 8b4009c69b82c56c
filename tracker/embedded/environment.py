"""The environment of a local run: what is not set gets a value that works on loopback."""

import os
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from tracker.embedded.account import timezone
from tracker.embedded.place import CHECKOUT, close_folders, fingerprint, make_data_dir
from tracker.embedded.refusal import Refusal

HOST = "127.0.0.1"
MARK = "TANZETONG_RUN"
# What manage.py in another terminal should know of a running `make run`.
SHARED = ("DEMO", "EMAIL_URL", "MAILBOX_PORT", "PORT", "SITE_URL")


def data_dir(env: Mapping[str, str]) -> Path:
    """Return the absolute DATA_DIR of an environment."""
    given = env.get("DATA_DIR")
    return Path(given).resolve() if given else CHECKOUT / "var"


def local_settings(env: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """Return the settings that a local run adds to `env`."""
    port = env.get("PORT") or "8000"
    close_folders(data_dir)
    return {
        "TRACKER_ENV": "local",
        "DATA_DIR": str(data_dir),
        "PORT": port,
        "SITE_URL": f"http://{HOST}:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "SECRET_KEY": secret_key(data_dir),
    }


def environment(env: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """Return the environment of `make run`'s programs."""
    given = {name: value for name, value in env.items() if value}
    result = {"DEMO": "1"} | local_settings(given, data_dir) | given
    result |= {
        "DATA_DIR": str(data_dir),
        MARK: fingerprint(data_dir),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), env.get("PATH", os.defpath))),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "LOG_LEVEL": given.get("LOG_LEVEL", "WARNING"),
        "TZ": timezone(),
    }
    if os.geteuid() == 0:  # known and meant here; on a server Celery's warning stays
        result["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
    if result["DEMO"] == "1" and "EMAIL_URL" not in result:
        result["MAILBOX_PORT"] = str(free_port())
        result["EMAIL_URL"] = f"smtp://{HOST}:{result['MAILBOX_PORT']}"
    return result


def secret_key(data_dir: Path) -> str:
    """Return the key of this DATA_DIR, made once and readable by its owner alone."""
    make_data_dir(data_dir)
    path = data_dir / "secret_key"
    if not path.exists():
        new = data_dir / f"secret_key.{os.getpid()}"
        with open(new, "x", encoding="ascii", opener=private) as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(new, path)  # of two that start at once the first one's key stands
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return path.read_text(encoding="ascii").strip()


def private(path: str, flags: int) -> int:
    """Open for the owner alone: an `opener`."""
    return os.open(path, flags, 0o600)


def free_port() -> int:
    """Return a port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def check_demo(text: str) -> None:
    """Refuse what is neither yes nor no in the one way in which it is read everywhere."""
    if text not in {"0", "1"}:
        raise Refusal(f"DEMO={text}：只能是 0 或 1。")


def check_port(text: str) -> int:
    """Return the port, or refuse one that is no port or not free."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise Refusal(f"PORT={text}：应是 1 到 65535 之间的数。")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            message = f"当前用户不能使用端口 {port}：请换一个，例如 make run PORT=8001。"
            raise Refusal(message) from error
        except OSError as error:
            message = f"端口 {port} 已被占用：请换一个，例如 make run PORT={min(port + 1, 65535)}。"
            raise Refusal(message) from error
    return port
