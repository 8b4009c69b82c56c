"""Servers of the site itself: tried once, and named without their password when they fail."""

from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tracker.embedded.refusal import Refusal

SECONDS = 5
NO_RETRY = Retry(NoBackoff(), 0)
POSTGRES_SCHEMES = {"postgres", "postgresql", "psql", "pgsql"}
REDIS_SCHEMES = {"redis", "rediss", "unix"}


def check_servers(env: Mapping[str, str]) -> None:
    """Refuse with one sentence if a URL in `env` is wrong or its server does not answer."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        if env.get(name):
            _check_database(name, env[name])
    if env.get("REDIS_URL"):
        _check_redis(env["REDIS_URL"])


def where(url: str) -> str:
    """Return host, port and database of a URL: what may be shown."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "（无法识别的地址）"
    host = parts.hostname or unquote(parse_qs(parts.query).get("host", ["本机"])[0])
    return f"{host}{port}{unquote(parts.path)}"


def reason(error: Exception, url: str) -> str:
    """Return an error's first line in words of ours where known, never with the password."""
    text = str(error).strip()
    for words, sentence in KNOWN:
        if words in text.lower():
            return sentence
    try:
        password = urlsplit(url).password
    except ValueError:
        password = None
    line = text.splitlines()[0] if text else type(error).__name__
    return line.replace(unquote(password), "***") if password else line


KNOWN = (
    ("password authentication failed", "用户名或密码不对"),
    ("wrongpass", "用户名或密码不对"),
    ("noauth", "服务器要求密码"),
    ("authentication required", "服务器要求密码"),
    ("no pg_hba.conf entry", "服务器不许这个用户从本机连接"),
    ("does not exist", "没有这个数据库或用户"),
    ("connection refused", "连接被拒绝"),
    ("name or service not known", "找不到这台主机"),
    ("failed to resolve", "找不到这台主机"),
    ("temporary failure in name resolution", "找不到这台主机"),
    ("no address associated", "找不到这台主机"),
    ("no such file or directory", "没有这个套接字"),
    ("timeout", f"{SECONDS} 秒内没有应答"),
    ("timed out", f"{SECONDS} 秒内没有应答"),
)


def _check_database(name: str, url: str) -> None:
    if urlsplit(url).scheme not in POSTGRES_SCHEMES:
        message = f"{name} 的写法不对：应形如 postgres://用户:密码@主机:5432/库名。"
        raise Refusal(message)
    conninfo = "postgres" + url[url.index(":") :]
    try:
        psycopg.connect(conninfo, connect_timeout=SECONDS).close()
    except (psycopg.Error, ValueError, UnicodeError) as error:
        raise Refusal(sentence(name, url, error)) from error


def _check_redis(url: str) -> None:
    if urlsplit(url).scheme not in REDIS_SCHEMES:
        message = "REDIS_URL 的写法不对：应形如 redis://:密码@主机:6379/0。"
        raise Refusal(message)
    try:
        client = redis.Redis.from_url(
            url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, retry=NO_RETRY
        )
        try:
            client.ping()
        finally:
            client.close()
    except (redis.RedisError, OSError, ValueError) as error:
        raise Refusal(sentence("REDIS_URL", url, error)) from error


def sentence(name: str, url: str, error: Exception) -> str:
    """Return what is wrong with the server behind a variable, and how to mend it."""
    return (
        f"连不上 {name} 所指的服务器 {where(url)}：{reason(error, url)}。"
        f"请核对 {name}，或不设它而使用自带的服务器。"
    )
