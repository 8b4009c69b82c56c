"""Reminders: rules declared once, a calculation of the day, sentences, and the mail."""

from tasks.reminders.rules import sentence
from tasks.reminders.run import make_notices

__all__ = ["make_notices", "sentence"]
