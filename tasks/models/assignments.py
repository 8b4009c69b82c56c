"""交办 and 签收: a responsibility is handed out to its unit, which signs for it."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tasks.models.tasks import Responsibility


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def unsigned(self) -> Self:
        return self.filter(signed_at=None)

    def unsigned_late(self, today: datetime.date) -> Self:
        """Not signed for by the day that was asked for."""
        return self.unsigned().filter(sign_by__lt=today)


class Assignment(models.Model):
    """That a responsibility was handed out, by whom, with what words, and who signed for it.

    One a responsibility: handing out again, as when the duty has changed, begins it anew; what
    was before stands in the history.
    """

    responsibility = models.OneToOneField(
        Responsibility, models.CASCADE, verbose_name=_("责任"), related_name="assignment"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("交办人"), related_name="+"
    )
    assigned_at = models.DateTimeField(_("交办时间"))
    note = models.CharField(_("交办要求"), max_length=500, blank=True)
    sign_by = models.DateField(_("签收期限"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("签收人"),
        null=True,
        blank=True,
        related_name="+",
    )
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("交办")
        ordering = ["responsibility"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__gte=F("assigned_at")),
                name="assignment_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.responsibility)

    def is_unsigned(self) -> bool:
        return self.signed_at is None

    def is_unsigned_late(self, today: datetime.date) -> bool:
        return self.is_unsigned() and self.sign_by < today
