"""Settings for tests: the product's own, with what makes tests fast and closed."""

import os
import re

os.environ.setdefault("TRACKER_ENV", "local")
os.environ.setdefault("STATEMENT_TIMEOUT", "5min")  # a busy machine decides no test
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789abcdef" * 4)

from tracker.settings import *  # noqa: F403
from tracker.settings import CACHES, CELERY_BROKER_URL, DATABASES, MIDDLEWARE, REDIS_URL, env

# Tests make their own database, so they connect as the owner of the tables.
if "DATABASE_OWNER_URL" in os.environ:
    DATABASES["default"].update(
        {k: v for k, v in env.db("DATABASE_OWNER_URL").items() if k != "OPTIONS"}
    )
# A machine that stands still for a minute decides none either.
DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=10min"
# Each worker of a parallel run has a Redis database of its own: clearing the cache empties it.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
NUMBER = re.compile(r"(?<=db=)\d+$|(?<=virtual_host=)\d+$|(?<=/)\d+$")
CACHE_URL = NUMBER.sub(str(1 + WORKER), REDIS_URL)
CACHES["default"]["LOCATION"] = CACHE_URL
# The doorbell too: a real worker that one test starts hears no ring of another's.
JOBS_URL = NUMBER.sub(str(8 + WORKER), REDIS_URL)
CELERY_BROKER_URL = NUMBER.sub(str(8 + WORKER), CELERY_BROKER_URL)
MIDDLEWARE = ["tests.audit_net.AuditNetMiddleware", *MIDDLEWARE]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
CALENDAR_SECONDS = None  # the uploaded lists are looked at where a test is about them
