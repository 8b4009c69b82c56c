"""What is filled in, handed in and judged."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.models.fields import moment, person


class Filed(models.Model):
    """Of which version it is, and who filled it in, handed it in and judged it, and when."""

    version = models.PositiveIntegerField(_("版本"), default=1)
    filled_by = person(_("填报人"))
    submitted_by = person(_("报送人"))
    submitted_at = moment(_("报送时间"))
    reviewed_by = person(_("审核人"))
    reviewed_at = moment(_("审核时间"))
    return_reason = models.TextField(_("退回理由"), blank=True)

    class Meta:
        abstract = True
