"""What is filled in, handed in and judged."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Filed(models.Model):
    """Of which version it is, and who filled it in, handed it in and judged it, and when."""

    version = models.PositiveIntegerField(_("版本"), default=1)
    filled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("填报人"),
        related_name="+",
        null=True,
        blank=True,
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("报送人"),
        related_name="+",
        null=True,
        blank=True,
    )
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("审核人"),
        related_name="+",
        null=True,
        blank=True,
    )
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    return_reason = models.TextField(_("退回理由"), blank=True)

    class Meta:
        abstract = True
