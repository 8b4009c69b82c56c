"""Passwords of before count from the upgrade: nobody's ends on the day it comes."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def begin_today(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Date the passwords whose day of setting nobody noted."""
    users = apps.get_model("units", "User").objects
    own = users.filter(password_set_at=None).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    own.update(password_set_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("units", "0008_requests_once")]

    operations = [migrations.RunPython(begin_today, migrations.RunPython.noop)]
