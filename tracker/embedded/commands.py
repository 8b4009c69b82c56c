"""What manage.py adds to a command: the right database role, and errors as sentences."""

from collections.abc import Mapping, MutableMapping

from tracker.embedded.outside import sentence
from tracker.embedded.roles import grant

# These change tables, which only their owner may.
OWNERS_COMMANDS = frozenset({"migrate", "makemigrations", "sqlmigrate", "flush"})


def use_role(command: str, env: MutableMapping[str, str]) -> None:
    """Let the owner's commands connect as the owner of the tables."""
    if command in OWNERS_COMMANDS and env.get("DATABASE_OWNER_URL"):
        env["APP_URL"] = env.get("DATABASE_URL", "")
        env["DATABASE_URL"] = env["DATABASE_OWNER_URL"]
        env.setdefault("STATEMENT_TIMEOUT", "0")


def after(command: str, env: Mapping[str, str]) -> None:
    """Give the running role its rights on what was migrated."""
    if command == "migrate" and env.get("APP_URL"):
        grant(env["DATABASE_URL"], env["APP_URL"])


def sentence_of(error: Exception, env: Mapping[str, str]) -> str | None:
    """Return one sentence for an error of configuration or connection; None for others."""
    import redis
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError
    from kombu.exceptions import OperationalError as BrokerError

    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, OperationalError):
        return sentence("DATABASE_URL", env.get("DATABASE_URL", ""), error)
    if isinstance(error, redis.ConnectionError | redis.TimeoutError | BrokerError):
        return sentence("REDIS_URL", env.get("REDIS_URL", ""), error)
    return None
