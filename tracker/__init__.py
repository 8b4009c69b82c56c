"""The Django project: settings, addresses, API router, jobs and embedded servers."""

from tracker.celery import app as celery_app

__all__ = ["celery_app"]
