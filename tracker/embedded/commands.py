"""What manage.py adds to a command: the right database role, and errors as sentences."""

from collections.abc import Mapping, MutableMapping

from tracker.embedded.outside import sentence
from tracker.embedded.roles import grant

# These change tables, which only their owner may.
OWNERS_COMMANDS = frozenset(
    {
        "migrate", "makemigrations", "sqlmigrate", "flush",
        "drop_audit_months", "backup", "restore",
    }
)  # fmt: skip
# PostgreSQL's codes: classes of a connection that failed, and single mistakes of set-up.
NOT_CONNECTED = ("08", "28", "3D", "53", "57P")
SET_UP = {
    "42P01": "数据库还没有表，或缺少新版本的表：先运行 manage.py migrate，再运行 load_plans。",
    "42703": "数据库的表早于程序的版本：先运行 manage.py migrate。",
    "42501": "数据库用户没有所需的权限：请设置 DATABASE_OWNER_URL 后运行 manage.py migrate，"
    "它会给运行用户授权。",
    "57014": "数据库操作超过了 STATEMENT_TIMEOUT 的时限，没有完成。",
    "55P03": "数据正被另一操作占用，没有完成：请稍后再试。",
    "25006": "数据库是只读的（可能是备机）：请核对 DATABASE_URL。",
}


def use_role(command: str, env: MutableMapping[str, str]) -> None:
    """Let the owner's commands connect as the owner of the tables."""
    if command in OWNERS_COMMANDS and env.get("DATABASE_OWNER_URL"):
        env["APP_URL"] = env.get("DATABASE_URL", "")
        env["DATABASE_URL"] = env["DATABASE_OWNER_URL"]
        env.setdefault("STATEMENT_TIMEOUT", "0")


def after(command: str, env: Mapping[str, str]) -> None:
    """Give the running role its rights on what was migrated."""
    if command in {"migrate", "restore"} and env.get("APP_URL"):
        grant(env["DATABASE_URL"], env["APP_URL"])


def sentence_of(error: Exception, env: Mapping[str, str]) -> str | None:
    """Return one sentence for an error of configuration or connection; None for others."""
    import redis
    from django.core.exceptions import ImproperlyConfigured
    from django.db import Error as DatabaseError
    from kombu.exceptions import OperationalError as BrokerError

    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, DatabaseError):
        return _of_database(error, env)
    if isinstance(error, redis.ConnectionError | redis.TimeoutError | BrokerError):
        return sentence("REDIS_URL", env, error)
    return None


def _of_database(error: Exception, env: Mapping[str, str]) -> str | None:
    from django.db import InterfaceError, OperationalError

    code = _code(error)
    if code in SET_UP:
        return SET_UP[code]
    lost = not code and isinstance(error, OperationalError | InterfaceError)
    return sentence("DATABASE_URL", env, error) if lost or code.startswith(NOT_CONNECTED) else None


def _code(error: BaseException | None) -> str:
    """Return PostgreSQL's code of an error or of the one that it was raised from."""
    while error is not None:
        if code := getattr(error, "sqlstate", None):
            return str(code)
        error = error.__cause__ or error.__context__
    return ""
