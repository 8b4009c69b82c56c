"""建议 of the one-page brief, as an office has worded them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.models.progress import Period
from units.models import Jurisdiction

LONGEST_NOTE = 600


class BriefNote(models.Model):
    """What an office puts in place of the derived suggestions, for one side in one quarter.

    Empty text means the derived ones again; the row stays for its version.
    """

    period = models.ForeignKey(
        Period, models.CASCADE, verbose_name=_("填报期"), related_name="brief_notes"
    )
    side = models.ForeignKey(Jurisdiction, models.PROTECT, verbose_name=_("所属方"))
    text = models.TextField(_("建议"), max_length=LONGEST_NOTE, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("修改人"), related_name="+"
    )
    written_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("一页进展的建议")
        ordering = ["period", "side"]
        constraints = [
            models.UniqueConstraint(fields=["period", "side"], name="brief_note_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period.plan} {self.side} {self.period}"
