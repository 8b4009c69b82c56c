"""Whom to call."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """Who answers for a responsibility in its unit; named, not necessarily with an account."""

    leader = models.CharField(_("责任领导"), max_length=50, blank=True)
    division = models.CharField(_("责任处室"), max_length=100, blank=True)
    liaison = models.CharField(_("联络员"), max_length=50, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)

    class Meta:
        abstract = True
