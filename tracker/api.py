"""Addresses of the API, its schema and its documentation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.routers import DefaultRouter
from rest_framework.views import APIView

from reports.api.mails import ReportMailViews
from reports.api.runs import FileView, RunViews
from reports.api.schedules import ScheduleViews
from reports.api.uploads import AllFormsView, FormsView, FormView, UploadViews
from tasks.api.assessments import AssessmentViews
from tasks.api.assignments import AssignmentViews
from tasks.api.brief import BriefView
from tasks.api.channels import DeliveryViews, OwnChannelsView, RobotViews
from tasks.api.contacts import ContactViews
from tasks.api.contributions import ContributionViews
from tasks.api.desks import InspectorDesk, OfficeDesk, OfficerDesk
from tasks.api.duties import DutyViews
from tasks.api.effect import EffectView
from tasks.api.endings import EndingViews
from tasks.api.evidence import EvidenceViews
from tasks.api.extensions import ExtensionViews
from tasks.api.figures import IndicatorViews, TargetViews
from tasks.api.findings import FindingViews
from tasks.api.letters import LetterView
from tasks.api.matrix import MatrixViews
from tasks.api.milestones import MilestoneViews
from tasks.api.notices import NoticeViews
from tasks.api.observations import ObservationViews
from tasks.api.overdue import LateViews
from tasks.api.periods import PeriodViews
from tasks.api.plan_writes import ActionViews
from tasks.api.plans import PlanViews
from tasks.api.preview import PreviewView
from tasks.api.progress import ReportViews
from tasks.api.records import RecordViews
from tasks.api.rollup import RollupView
from tasks.api.samples import SampleViews
from tasks.api.search import SearchView
from tasks.api.signing import UnitSigningViews
from tasks.api.tasks import TaskViews
from tasks.api.unit_lists import ListedUnitViews
from tasks.api.urges import (
    PhoneCallViews,
    SendingAgainView,
    SendingLettersView,
    UrgeLetterView,
    UrgeViews,
)
from tracker.deliveries import StateView
from tracker.lib.api.schema import ByTokenScheme
from tracker.reminder_counts import CountsView
from units.api.audit import AuditViews
from units.api.calendars import CalendarViews
from units.api.deputies import DeputyViews
from units.api.people import PersonViews, RequestViews
from units.api.succession import SuccessionViews
from units.api.tokens import TokenView

SCHEMES = [ByTokenScheme]  # known to the schema by being imported


class Schema(SpectacularAPIView):
    """OpenAPI 3: as JSON, which YAML readers read too, unless YAML is asked for."""

    renderer_classes = [
        OpenApiJsonRenderer,
        OpenApiJsonRenderer2,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]


@extend_schema(exclude=True)
class Nowhere(APIView):
    """Any other address of the API: an answer in JSON."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let only people in know that there is nothing."""
        super().initial(request, *args, **kwargs)
        raise NotFound(_("没有这个接口：请核对地址，接口说明见 /api/docs/。"))


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Documentation to read and to try; all its parts come from this site."""
    return render(request, "api/docs.html")


router = DefaultRouter()
router.include_format_suffixes = False
router.include_root_view = True
router.register("units", ListedUnitViews, "unit")
router.register("deputies", DeputyViews, "deputy")
router.register("successions", SuccessionViews, "succession")
router.register("people", PersonViews, "person")
router.register("person-requests", RequestViews, "person-request")
router.register("contacts", ContactViews, "contact")
router.register("audit", AuditViews, "audit")
router.register("calendar", CalendarViews, "calendar")
router.register("plans", PlanViews, "plan")
router.register("tasks", TaskViews, "task")
router.register("actions", ActionViews, "action")
router.register("responsibilities", DutyViews, "responsibility")
router.register("assignments", AssignmentViews, "assignment")
router.register("overdue", LateViews, "overdue")
router.register("matrix", MatrixViews, "matrix")
router.register("periods", PeriodViews, "period")
router.register("progress", ReportViews, "progress")
router.register("contributions", ContributionViews, "contribution")
router.register("unit-signing", UnitSigningViews, "unit-signing")
router.register("indicators", IndicatorViews, "indicator")
router.register("targets", TargetViews, "target")
router.register("observations", ObservationViews, "observation")
router.register("assessments", AssessmentViews, "assessment")
router.register("endings", EndingViews, "ending")
router.register("evidence", EvidenceViews, "evidence")
router.register("milestones", MilestoneViews, "milestone")
router.register("extensions", ExtensionViews, "extension")
router.register("findings", FindingViews, "finding")
router.register("samples", SampleViews, "sample")
router.register("records", RecordViews, "record")
router.register("urges", UrgeViews, "urge")
router.register("phone-calls", PhoneCallViews, "phone-call")
router.register("notices", NoticeViews, "notice")
router.register("robots", RobotViews, "robot")
router.register("deliveries", DeliveryViews, "delivery")
router.register("report-runs", RunViews, "report-run")
router.register("uploads", UploadViews, "upload")
router.register("report-schedules", ScheduleViews, "report-schedule")
router.register("report-mails", ReportMailViews, "report-mail")

v1 = [
    path("token/", TokenView.as_view(), name="token"),
    path("report-files/<int:pk>/", FileView.as_view(), name="report-file"),
    path("forms/", FormsView.as_view(), name="forms"),
    path("forms/<str:quarter>/", AllFormsView.as_view(), name="all-forms"),
    path("forms/<str:quarter>/<int:unit>/", FormView.as_view(), name="form"),
    path("letters/<int:unit>/<int:period>/", LetterView.as_view(), name="letter"),
    path("urges/<int:pk>/letter/", UrgeLetterView.as_view(), name="urge-letter"),
    path("sendings/<int:pk>/letters/", SendingLettersView.as_view(), name="sending-letters"),
    path("sendings/<int:pk>/again/", SendingAgainView.as_view(), name="sending-again"),
    path("search/", SearchView.as_view(), name="search"),
    path("rollup/", RollupView.as_view(), name="rollup"),
    path("periods/<int:pk>/effect/", EffectView.as_view(), name="effect"),
    path("own-channels/", OwnChannelsView.as_view(), name="own-channels"),
    path("reminders/", PreviewView.as_view(), name="preview"),
    path("reminders/counts/", CountsView.as_view(), name="reminder-counts"),
    path("deliveries/state/", StateView.as_view(), name="delivery-state"),
    path("brief/", BriefView.as_view(), name="brief"),
    path("desks/office/", OfficeDesk.as_view(), name="office-desk"),
    path("desks/officer/", OfficerDesk.as_view(), name="officer-desk"),
    path("desks/inspector/", InspectorDesk.as_view(), name="inspector-desk"),
    *router.urls,
    re_path(r"^.*/$", Nowhere.as_view(), name="nowhere"),
]
urlpatterns = [
    path("v1/", include((v1, "api"))),
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
]
