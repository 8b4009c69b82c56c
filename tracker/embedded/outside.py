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
DATABASES = ("DATABASE_URL", "DATABASE_OWNER_URL")
POSTGRES_SCHEMES = {"postgres", "postgresql", "psql", "pgsql"}
REDIS_SCHEMES = {"redis", "rediss", "unix"}
SHAPE = dict.fromkeys(DATABASES, "postgres://用户:密码@主机:5432/库名") | {
    "REDIS_URL": "redis://:密码@主机:6379/0"
}


def check_servers(env: Mapping[str, str]) -> None:
    """Refuse with one sentence if a URL in `env` is wrong or its server does not answer."""
    check_urls(env)
    for name in DATABASES:
        if env.get(name):
            _check_database(name, env)
    if env.get("REDIS_URL"):
        _check_redis(env)


def check_urls(env: Mapping[str, str]) -> None:
    """Refuse with one sentence if a URL in `env` is not written as one; connects to nothing."""
    for name, shape in SHAPE.items():
        schemes = REDIS_SCHEMES if name == "REDIS_URL" else POSTGRES_SCHEMES
        if env.get(name) and not _is_sound(env[name], schemes):
            message = (
                f"{name} 的写法不对：应形如 {shape}，端口在 1 到 65535 之间，"
                "密码中的 @ : / # ? [ ] 须写成 %40 这样的编码。"
            )
            raise Refusal(message)


def require_servers(env: Mapping[str, str]) -> None:
    """Refuse where production names no server: it never starts some of its own."""
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not env.get(name)]
    if missing and env.get("TRACKER_ENV") == "production":
        raise Refusal(f"生产环境须设置 {' 和 '.join(missing)}。")


def _is_sound(url: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in schemes and parts.port != 0 and not parts.fragment
    except ValueError:
        return False
    number = unquote(parts.path).strip("/")
    return sound and (schemes is POSTGRES_SCHEMES or parts.scheme == "unix" or _is_number(number))


def _is_number(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal())


def conninfo(url: str) -> str:
    """Return a database's URL as PostgreSQL's own library reads it."""
    return "postgres" + url[url.index(":") :]


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
    return f"服务器的答复是“{line.replace(unquote(password), '***') if password else line}”"


KNOWN = (
    ("password authentication failed", "用户名或密码不对"),
    ("wrongpass", "用户名或密码不对"),
    ("invalid username-password pair", "用户名或密码不对"),
    ("peer authentication failed", "服务器不许这个用户从本机连接"),
    ("no password supplied", "服务器要求密码"),
    ("noauth", "服务器要求密码"),
    ("hello must be called with the client already", "服务器要求密码"),
    ("authentication required", "服务器要求密码"),
    ("without any password configured", "服务器没有设密码，地址中却写了密码"),
    ("no pg_hba.conf entry", "服务器不许这个用户从本机连接"),
    ("does not exist", "没有这个数据库或用户"),
    ("permission denied for database", "这个用户无权使用这个数据库"),
    ("db index is out of range", "没有这个编号的库"),
    ("connection refused", "连接被拒绝"),
    ("too many clients", "连接数已满"),
    ("remaining connection slots", "连接数已满"),
    ("starting up", "服务器正在启动，请稍后再试"),
    ("shutting down", "服务器正在停止"),
    ("name or service not known", "找不到这台主机"),
    ("failed to resolve", "找不到这台主机"),
    ("temporary failure in name resolution", "找不到这台主机"),
    ("no address associated", "找不到这台主机"),
    ("no such file or directory", "没有这个套接字"),
    ("network is unreachable", "网络不通"),
    ("no route to host", "网络不通"),
    ("certificate", "对方的证书未获信任"),
    ("closed the connection", "对方断开了连接，可能不是这种服务器"),
    ("connection closed", "对方断开了连接，可能不是这种服务器"),
    ("connection reset", "对方断开了连接，可能不是这种服务器"),
    ("invalid response", "对方断开了连接，可能不是这种服务器"),
    ("protocol error", "对方不是这种服务器"),
    ("timeout", f"{SECONDS} 秒内没有应答"),
    ("timed out", f"{SECONDS} 秒内没有应答"),
)


def _check_database(name: str, env: Mapping[str, str]) -> None:
    url = env[name]
    try:
        psycopg.connect(conninfo(url), connect_timeout=SECONDS).close()
    except (psycopg.Error, ValueError, UnicodeError) as error:
        raise Refusal(sentence(name, env, error)) from error


def _check_redis(env: Mapping[str, str]) -> None:
    try:
        client = redis.Redis.from_url(
            env["REDIS_URL"],
            socket_connect_timeout=SECONDS,
            socket_timeout=SECONDS,
            retry=NO_RETRY,
        )
        try:
            client.ping()
        finally:
            client.close()
    except (redis.RedisError, OSError, ValueError) as error:
        raise Refusal(sentence("REDIS_URL", env, error)) from error


def sentence(name: str, env: Mapping[str, str], error: Exception) -> str:
    """Return what is wrong with the server behind a variable, and how to mend it."""
    url = env.get(name, "")
    instead = "" if env.get("TRACKER_ENV") == "production" else "，或不设它而使用自带的服务器"
    return (
        f"连不上 {name} 所指的服务器 {where(url)}：{reason(error, url)}。请核对 {name}{instead}。"
    )
