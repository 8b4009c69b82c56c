"""Settings: all from the environment, with defaults that are safe in production."""

import datetime
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tracker.api_settings import REST_FRAMEWORK as REST_FRAMEWORK
from tracker.api_settings import REST_KNOX as REST_KNOX
from tracker.api_settings import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from tracker.delivery_settings import *  # noqa: F403 - Django reads settings by their names
from tracker.file_settings import *  # noqa: F403 - the same
from tracker.given import number, yes_no

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# `local` is what `make run` and `make test` set: loopback only, plain HTTP, demo allowed.
TRACKER_ENV: str = env("TRACKER_ENV", default="production")
LOCAL = TRACKER_ENV == "local"
if TRACKER_ENV not in {"local", "production"}:
    raise ImproperlyConfigured(f"TRACKER_ENV={TRACKER_ENV}：只能是 local 或 production。")

DEBUG: bool = yes_no("DEBUG", default=False)
DEMO_TEXT: str = env("DEMO", default="") or "0"
DEMO = DEMO_TEXT == "1"
if DEMO_TEXT not in {"0", "1"}:
    raise ImproperlyConfigured(f"DEMO={DEMO_TEXT}：只能是 0 或 1。")
SECRET_KEY: str = env("SECRET_KEY", default="")
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else []
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
FILES_DIR = DATA_DIR / "files"
SITE_URL: str = env("SITE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}")

INSTALLED_APPS = [
    "tracker.apps.TrackerConfig",
    "units.apps.UnitsConfig",
    "tasks.apps.TasksConfig",
    "reports.apps.ReportsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "knox",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tracker.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tracker.middleware.LanguageMiddleware",
    "tracker.middleware.HostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tracker.middleware.SessionLimitsMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "tracker.middleware.LogInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tracker.wall.WallMiddleware",
    "units.middleware.AuditContextMiddleware",
    "units.middleware.GateMiddleware",
    "units.fence.SiteRoleFence",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.context.site",
            ],
        },
    },
]

# --- servers -------------------------------------------------------------------------------
# One URL runs the site, another (the owner of the tables) migrates; see docs/operations.md.
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://tracker_app@/tracker")}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"].update(
    {
        # Cursors are read to their end: no plan that gives the first rows soon, and all late.
        "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s "
        "-c cursor_tuple_fraction=1 "
        f"-c statement_timeout={env('STATEMENT_TIMEOUT', default='30s')}",
        "application_name": "tanzetong",
    }
)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if yes_no("DATABASE_POOL", default=False):  # the web processes set it; Celery must not
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"serializer": "tracker.lib.cache.JsonSerializer"},
    }
}

# --- jobs: the broker is a doorbell, rows in PostgreSQL are the work ---------------------------
CELERY_BROKER_URL = (
    "redis+socket://" + REDIS_URL.removeprefix("unix://").replace("?db=", "?virtual_host=")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 25,
    "socket_keepalive": not REDIS_URL.startswith("unix://"),
    "global_keyprefix": "jobs:",
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000  # KiB
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")

# --- mail ------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL: str = env("DEFAULT_FROM_EMAIL", default="tanzetong@localhost")
# The demo's catcher keeps what it receives here; empty means there is none.
MAILBOX_DIR = DATA_DIR / "mailbox" if DEMO else None

# --- people ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "units.User"
AUTHENTICATION_BACKENDS = [
    "units.backends.LockBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Limits after GB/T 22239; 0 turns an end, a history, locks or the idle time-out off.
PASSWORD_MIN_LENGTH: int = number("PASSWORD_MIN_LENGTH", default=8, least=1)
PASSWORD_CLASSES: int = number("PASSWORD_CLASSES", default=3)  # of 4: A a 1 #
PASSWORD_HISTORY: int = number("PASSWORD_HISTORY", default=3)
PASSWORD_MAX_AGE_DAYS: int = number("PASSWORD_MAX_AGE_DAYS", default=0 if DEMO else 90)
PASSWORD_RESET_TIMEOUT = 3600 * number("PASSWORD_LINK_HOURS", default=72, least=1)
ACCOUNT_UNUSED_DAYS: int = number("ACCOUNT_UNUSED_DAYS", default=90)
LOG_IN_FAILURES: int = number("LOG_IN_FAILURES", default=5)
LOG_IN_LOCK_MINUTES: int = number("LOG_IN_LOCK_MINUTES", default=10)
SESSION_IDLE_MINUTES: int = number("SESSION_IDLE_MINUTES", default=30)
# Whole months of the log that are older may be dropped by the owner's command, never earlier.
AUDIT_RETENTION_MONTHS: int = number("AUDIT_RETENTION_MONTHS", default=36, least=6)
REQUIRE_SECOND_FACTOR: bool = yes_no("REQUIRE_SECOND_FACTOR", default=not LOCAL)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "units.validators.LengthValidator"},
    {"NAME": "units.validators.ClassesValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "units.validators.NotUsedBeforeValidator"},
]
# django-axes: a name is locked at an address. What both doors of the site ask is units' own;
# the backend stands behind them for any other door. See units/services/locks.py.
AXES_FAILURE_LIMIT = LOG_IN_FAILURES
AXES_LOCK_OUT_AT_FAILURE = LOG_IN_FAILURES > 0
AXES_COOLOFF_TIME = datetime.timedelta(minutes=LOG_IN_LOCK_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "units.services.locks.name_tried"
AXES_CLIENT_IP_CALLABLE = "tracker.lib.address.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the audit log has it
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "next"]
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # its middleware only draws a page, and ours are drawn
OTP_TOTP_ISSUER = "碳责通"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# From the log-in, used or not.
SESSION_COOKIE_AGE = 3600 * number("SESSION_HOURS", default=12, least=1)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would log people out who follow a link in a mail
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tracker.errors.csrf_failure"

# --- transport and browser -----------------------------------------------------------------
SECURE_SSL_REDIRECT = yes_no("SECURE_SSL_REDIRECT", default=not LOCAL)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if yes_no("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "tanzetong_session" if LOCAL else "__Host-session"
CSRF_COOKIE_NAME = "tanzetong_csrf" if LOCAL else "__Host-csrf"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# How often each process looks for a newly uploaded list of days off; None: never.
CALENDAR_SECONDS: float | None = 30

# --- language and time ---------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LANGUAGE_COOKIE_SECURE = not LOCAL
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- static files ----------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- logs ------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {
        "not_health": {"()": "tracker.lib.logs.NotHealth"},
        "no_links": {"()": "tracker.lib.logs.NoLinks"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["not_health", "no_links"],
        }
    },
    "loggers": {"axes": {"level": "ERROR"}},  # each failure is in the audit log
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
}
