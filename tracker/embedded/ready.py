"""Waiting until the site answers, then telling where it is."""

import contextlib
import http.client
import shlex
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from tracker.embedded.environment import HOST
from tracker.embedded.outside import conninfo
from tracker.embedded.place import CHECKOUT
from tracker.lib import demo

READY_SECONDS = 60.0
# The security administrator first: who confirms everybody else, also a second of their own.
FIRST_PEOPLE = (
    "anquan --name 安某 --role security_admin",
    "wang --name 王芳 --role coordinator --in 重庆市双碳办",
)


def announce(env: Mapping[str, str], begun: float, *, say: Callable[[str], None]) -> None:
    """Wait for the site's health, then say address, accounts and the time it took."""
    status = wait_until_healthy(int(env["PORT"]))
    seconds = time.monotonic() - begun
    address = f"http://{HOST}:{env['PORT']}/"
    if status == 200:
        say(f"已启动（{seconds:.1f} 秒）：{address}")
    else:
        say(f"网站在 {address}，但健康检查未通过（/healthz 应答 {status or '无'}），原因见上。")
    if env.get("DEMO") == "1":
        say(f"演示账号（密码均为 {demo.PASSWORD}）：")
        for account in there(env):
            say(f"  {account.username:<22}{account.role} {account.body}".rstrip())
    elif nobody_yet(env):
        folder = Path(env["DATA_DIR"])
        where = "" if folder == CHECKOUT / "var" else f"DATA_DIR={shlex.quote(str(folder))} "
        say("还没有账号。在另一个终端先添加安全管理员，再添加协调人员；")
        say("所打印的链接交其本人，用来设置密码。其余人员在网页上申请、由安全管理员确认。例如：")
        for words in FIRST_PEOPLE:
            say(f"  {where}.venv/bin/python manage.py add_person {words} --link")


def there(env: Mapping[str, str]) -> list[demo.Account]:
    """Return the demo's accounts with which one can log in."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(conninfo(env["DATABASE_URL"])) as db:
        rows = db.execute(
            "SELECT username FROM units_user WHERE is_active AND username = ANY(%s)",
            [list(demo.USERNAMES)],
        )
        names = {name for (name,) in rows}
        return [account for account in demo.ACCOUNTS if account.username in names]
    return []


def nobody_yet(env: Mapping[str, str]) -> bool:
    """Say whether there is no account at all."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(conninfo(env["DATABASE_URL"])) as db:
        return db.execute("SELECT 1 FROM units_user LIMIT 1").fetchone() is None
    return False


def wait_until_healthy(port: int) -> int | None:
    """Return the health's last status: 200, or what it was when patience ended."""
    deadline = time.monotonic() + READY_SECONDS
    status = None
    while status != 200 and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            status = None
        finally:
            connection.close()
        time.sleep(0 if status == 200 else 0.5)
    return status
