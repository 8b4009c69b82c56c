"""The web server's door. Refuses to open on unsafe production settings."""

import os

from django.core.wsgi import get_wsgi_application

from tracker.given import leave_unless_understood

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
leave_unless_understood()
application = get_wsgi_application()

from tracker.guard import refuse_unsafe_production  # noqa: E402 - after Django is set up

refuse_unsafe_production()
