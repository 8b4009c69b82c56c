"""Jurisdictions (GB/T 2260) and regions made of them."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from units.models.documents import Sourced
from units.states import Extent, JurisdictionLevel


class Jurisdiction(Sourced):
    """A place with a GB/T 2260 code; nested: 重庆市 › 江津区."""

    code = models.CharField(_("行政区划代码"), max_length=6, unique=True)
    name = models.CharField(_("名称"), max_length=50)
    level = models.CharField(_("级别"), max_length=10, choices=JurisdictionLevel)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("上级"),
        null=True,
        blank=True,
        related_name="children",
    )

    class Meta:
        verbose_name = verbose_name_plural = _("辖区")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{6}$"),
                name="jurisdiction_code_six_digits",
                violation_error_message=_("行政区划代码应为六位数字（GB/T 2260）。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def holds(self, other: "Jurisdiction") -> bool:
        """Whether the other is this place or below it."""
        return other.code.startswith(_stem(self.code))


def _stem(code: str) -> str:
    """The digits that a place shares with all below it."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def codes_below(codes: Iterable[str]) -> models.Q:
    """Condition on `Jurisdiction.code`: these places and all below (by GB/T 2260's digits)."""
    condition = models.Q(pk__in=[])
    for code in codes:
        condition |= models.Q(code__startswith=_stem(code))
    return condition


class Region(Sourced):
    """A planned area across jurisdictions, such as 成渝地区双城经济圈."""

    code = models.SlugField(_("代码"), max_length=50, unique=True)
    name = models.CharField(_("名称"), max_length=100, unique=True)
    note = models.TextField(_("备注"), blank=True)
    members: "models.ManyToManyField[Jurisdiction, RegionMember]" = models.ManyToManyField(
        Jurisdiction, through="RegionMember", related_name="regions", verbose_name=_("范围")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("区域")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class RegionMember(models.Model):
    """A jurisdiction in a region, whole, in part, or expressly left out."""

    region = models.ForeignKey(Region, models.CASCADE, verbose_name=_("区域"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, verbose_name=_("辖区"))
    extent = models.CharField(_("纳入范围"), max_length=10, choices=Extent, default=Extent.WHOLE)

    class Meta:
        verbose_name = verbose_name_plural = _("区域范围")
        ordering = ["region", "jurisdiction"]
        constraints = [
            models.UniqueConstraint(fields=["region", "jurisdiction"], name="region_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.jurisdiction}"
