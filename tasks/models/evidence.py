"""佐证材料: a file that stands with one report, contribution, milestone, request or answer."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models.contributions import Contribution
from tasks.models.endings import Ending
from tasks.models.extensions import Extension
from tasks.models.fields import person
from tasks.models.findings import FindingStep
from tasks.models.milestones import Milestone
from tasks.models.progress import ProgressReport
from units.models import Unit

# Whose file it may be; exactly one of these is set.
OWNERS = ("report", "contribution", "milestone", "extension", "ending", "finding_step")


def _exactly_one() -> Q:
    condition = Q(pk__in=[])
    for one in OWNERS:
        others = {f"{name}__isnull": name != one for name in OWNERS}
        condition |= Q(**others)
    return condition


class Evidence(models.Model):
    """A file under DATA_DIR/files/evidence, named by its digest; never changed after.

    Read by whoever may read its owner, always as an attachment. `is_sign_sheet` is the scan of a
    审签单, which stands for the signature.
    """

    report = models.ForeignKey(
        ProgressReport, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    contribution = models.ForeignKey(
        Contribution, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    milestone = models.ForeignKey(
        Milestone, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    extension = models.ForeignKey(
        Extension, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    ending = models.ForeignKey(
        Ending, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    finding_step = models.ForeignKey(
        FindingStep, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("单位"), null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("类型"), max_length=10)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    is_sign_sheet = models.BooleanField(_("审签单扫描件"), default=False)
    uploaded_by = person(_("上传人"))
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("佐证材料")
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=_exactly_one(), name="evidence_has_one_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where it lies under the folder of files: equal contents lie once."""
        return f"evidence/{self.sha256[:2]}/{self.sha256}.{self.kind}"

    @property
    def full_path(self) -> Path:
        """Where the file lies now."""
        return Path(settings.FILES_DIR) / self.path
