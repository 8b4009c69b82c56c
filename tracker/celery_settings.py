"""Django's settings, which Celery reads when it begins: there, not when this project is imported.

A worker or beat whose settings cannot be understood leaves with one sentence.
"""

from django.conf import settings

from tracker.given import leave_unless_understood

__all__ = ["settings"]

leave_unless_understood()
