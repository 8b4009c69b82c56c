"""Under which account the servers run: one's own, or as root an unprivileged one."""

import os
import pwd
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tracker.embedded.process import signals_held
from tracker.embedded.refusal import Refusal

UNPRIVILEGED = ("nobody", "daemon", "www-data")


@dataclass(frozen=True)
class Account:
    """The account of the server processes; `switch` when it is not the supervisor's own."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen_arguments(self) -> dict[str, Any]:
        """Return what makes subprocess.Popen run a program as this account."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def environment(self) -> dict[str, str]:
        """Return a small environment: an uninstalled LANG or a PGPORT must not reach servers."""
        words = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}
        return words | {"TZ": timezone()}

    def attempt(self, work: Callable[[], object]) -> bool:
        """Do `work` as this account in a forked process; say whether it returned something true.

        What lies in a folder of the account is only ever touched as that account: as root a
        link put there could lead anywhere.
        """
        if not self.switch:
            return bool(work())
        sys.stdout.flush()
        sys.stderr.flush()
        with signals_held():
            child = os.fork()
            if child == 0:
                self._work(work)
        return os.waitpid(child, 0)[1] == 0

    def _work(self, work: Callable[[], object]) -> NoReturn:
        """Become the account and work; the fork must never return into the supervisor's code."""
        code = 1
        try:
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)
            code = 0 if work() else 1
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def reaches(self, path: Path, mode: int = os.X_OK) -> bool:
        """Say whether the account can use the path."""
        return self.attempt(lambda: os.access(path, mode))


def timezone() -> str:
    """Return the zone for TZ: all logs tell one time, also where the machine has no zone files."""
    return "Asia/Shanghai" if Path("/usr/share/zoneinfo/Asia/Shanghai").exists() else "CST-8"


def supervisor_name() -> str:
    """Return the name of the account that runs this process."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError as error:
        message = (
            f"用户号 {os.geteuid()} 在本机没有登记（/etc/passwd），自带的 PostgreSQL 无法核对身份："
            "请登记该用户，或设置 DATABASE_URL 和 REDIS_URL 使用已有的服务器。"
        )
        raise Refusal(message) from error


def choose(folders: tuple[Path, ...] = ()) -> Account:
    """Return the account for the servers; whoever owns one of `folders` already goes on."""
    name = supervisor_name()
    if os.geteuid() != 0:
        return Account(name, os.geteuid(), os.getegid(), switch=False)
    for folder in folders:
        if folder.is_dir() and (uid := folder.stat().st_uid) != 0:
            return _of(pwd.getpwuid(uid))
    for candidate in UNPRIVILEGED:
        try:
            return _of(pwd.getpwnam(candidate))
        except KeyError:
            continue
    others = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    if not others:
        raise Refusal("本机除 root 外没有别的用户，数据库不能以 root 运行：请新建一个普通用户。")
    return _of(others[0])


def _of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)
