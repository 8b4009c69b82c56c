"""What is asked of the security administrator about people: accounts, posts, hand-overs."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from units.models.people import Membership
from units.models.places import Jurisdiction
from units.models.units import Office, Unit
from units.states import RequestKind, RequestState, Role

ASKED_ALREADY = _("同样的申请已在等待确认，不必重复提出。")


class PersonRequestQuerySet(models.QuerySet["PersonRequest"]):
    def waiting(self) -> Self:
        return self.filter(state=RequestState.WAITING)

    def in_order(self) -> Self:
        """Those that wait first, then the newest."""
        return self.annotate(
            decided=Case(When(state=RequestState.WAITING, then=0), default=1)
        ).order_by("decided", "-pk")

    def with_names(self) -> Self:
        """With all that a list names, in one query."""
        return self.select_related(
            "person", "successor", "unit", "office", "jurisdiction", "requested_by", "decided_by"
        )


class PersonRequest(models.Model):
    """申请. A newcomer stands here as text; `person` is set once there is an account.

    In a hand-over `person` leaves the post in `membership` and `successor`, or a newcomer, takes
    it from `starts_on` on. `carried_at` is when the open work went over. `batch` joins what came
    in one sheet.
    """

    kind = models.CharField(_("事项"), max_length=10, choices=RequestKind)
    state = models.CharField(
        _("状态"), max_length=10, choices=RequestState, default=RequestState.WAITING
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("人员"),
        null=True,
        blank=True,
        related_name="requests_about",
    )
    username = models.CharField(_("用户名"), max_length=150, blank=True)
    name = models.CharField(_("姓名"), max_length=50, blank=True)
    post = models.CharField(_("职务"), max_length=50, blank=True)
    phone = models.CharField(_("办公电话"), max_length=30, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    role = models.CharField(_("角色"), max_length=14, choices=Role, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("单位"), null=True, blank=True, related_name="+"
    )
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        verbose_name=_("协调办公室"),
        null=True,
        blank=True,
        related_name="+",
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        verbose_name=_("辖区"),
        null=True,
        blank=True,
        related_name="+",
    )
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        verbose_name=_("交接的任职"),
        null=True,
        blank=True,
        related_name="hand_overs",
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("接任人"),
        null=True,
        blank=True,
        related_name="requests_to_succeed",
    )
    starts_on = models.DateField(_("起始日期"), null=True, blank=True)
    carried_at = models.DateTimeField(_("移交时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    batch = models.CharField(_("批次"), max_length=60, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("申请人"), related_name="+"
    )
    requested_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("办理人"),
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    reason = models.CharField(_("不同意的理由"), max_length=300, blank=True)

    objects = PersonRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("人员申请")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["username"],
                condition=Q(state=RequestState.WAITING) & ~Q(username=""),
                name="person_request_username_once",
                violation_error_message=_("已有使用这个用户名的申请在等待确认，请换一个用户名。"),
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(
                    state=RequestState.WAITING, kind__in=(RequestKind.RESET, RequestKind.END)
                ),
                name="person_request_kind_once",
                violation_error_message=ASKED_ALREADY,
            ),
            *(
                models.UniqueConstraint(
                    fields=["person", "role", body],
                    condition=Q(state=RequestState.WAITING, kind=RequestKind.POST),
                    name=f"person_request_{body}_once",
                    violation_error_message=ASKED_ALREADY,
                )
                for body in ("unit", "office", "jurisdiction")
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(state=RequestState.WAITING),
                name="person_request_membership_once",
                violation_error_message=_("这一任职的交接申请已在等待确认，不必重复提出。"),
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.WAITING, decided_by=None, decided_at=None)
                | (
                    ~Q(state=RequestState.WAITING)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="person_request_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="person_request_state")]

    def __str__(self) -> str:
        parts: list[object] = [self.get_kind_display(), self.who or self.username]
        if self.to_whom:
            parts += ["→", self.to_whom]
        parts += [self.body, self.get_role_display() if self.role else ""]
        return " ".join(str(part) for part in parts if part)

    @property
    def is_waiting(self) -> bool:
        return self.state == RequestState.WAITING

    @property
    def who(self) -> str:
        """Whom it is about, by name."""
        return str(self.person) if self.person else self.name

    @property
    def to_whom(self) -> str:
        """Who takes the post over, by name; empty where nothing is handed over."""
        if self.kind != RequestKind.HAND_OVER:
            return ""
        return str(self.successor) if self.successor else self.name

    @property
    def body(self) -> Unit | Office | Jurisdiction | None:
        """Where the post is held."""
        return self.unit or self.office or self.jurisdiction
