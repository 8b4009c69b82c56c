"""Settings of the API and of its description; `tracker.settings` takes them in."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tracker.given import number

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tracker.lib.api.auth.ByToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["units.fence.NoSiteRole", "units.gate.Admitted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tracker.lib.api.parsers.SafeJSONParser"],
    "EXCEPTION_HANDLER": "tracker.lib.api.errors.handle",
    "DEFAULT_PAGINATION_CLASS": "tracker.lib.pagination.Pages",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "tracker.lib.api.throttles.Anonymous",
        "tracker.lib.api.throttles.Person",
        "tracker.lib.api.throttles.Scoped",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": "60/min",
        "user": "600/min",
        "export": "30/hour",
    },
    "NUM_PROXIES": number("NUM_PROXIES", default=0),
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Token", "TOKEN_TTL": datetime.timedelta(hours=10)}
SPECTACULAR_SETTINGS = {
    "TITLE": _("碳责通 API"),
    "DESCRIPTION": _(
        "方案、任务、进展、逾期、目标和报表。先取令牌，再在请求头写 Authorization: Token …。"
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [
        "rest_framework.permissions.IsAuthenticated",
        "units.gate.Admitted",
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tracker.lib.api.schema.name_answers",
    ],
    "ENUM_NAME_OVERRIDES": {
        "TaskState": "tasks.states.TaskState",
        "TaskRole": "tasks.states.Role",
        "PersonRole": "units.states.Role",
        "ReportState": "tasks.states.ReportState",
        "PeriodState": "tasks.states.PeriodState",
        "ContributionState": "tasks.states.ContributionState",
        "NoticeState": "tasks.states.NoticeState",
        "BookKey": "reports.states.BookKey",
        "RunKind": "reports.states.RUN_KINDS",
        "RunState": "reports.states.RunState",
        "MailState": "reports.states.MailState",
        "UploadState": "reports.states.UploadState",
        "Light": "tasks.states.Light",
        "LateKind": "tasks.api.overdue.KINDS",
        "FindingState": "tasks.states.FindingState",
        "FindingStep": "tasks.states.FindingStepKind",
        "FindingAct": "tasks.api.findings.STEPS",
        "ReportKind": "tasks.states.ReportKind",
        "TargetKind": "tasks.states.TargetKind",
        "UnitKind": "units.states.UnitKind",
        "NameKind": "units.states.NameKind",
        "EndingKind": "tasks.states.EndingKind",
        "RobotKind": "tasks.api.channels.KINDS",
        "UrgeKind": "tasks.states.UrgeKind",
        "UrgedKind": "tasks.api.urge_bodies.KINDS",
        "SuccessionKind": "units.states.SuccessionKind",
        "PlanStatus": "tasks.states.PlanStatus",
        "RequestKind": "units.states.RequestKind",
        "RequestState": "units.states.RequestState",
    },
}
