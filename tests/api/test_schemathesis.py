"""What the schema says is what programs get: calls made up from it, as each role.

A short form, always the same, runs with the suite; `make faults` runs the long one.
"""

import io
import logging
import traceback
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
import time_machine
import yaml
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test import Client
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tasks.api.entries import ReportSerializer
from tasks.api.observation_entries import ObservationSerializer
from tasks.models import Plan
from tests import factories as make
from tests.doors.world import World
from tests.kept import kept_world
from units.models import DayList
from units.services import tokens

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROLES = (
    "officer", "signer", "liaison", "coord", "leader", "insp", "none",
    "system", "security", "audit", "super",
)  # fmt: skip
SHORT, LONG = 2, 100  # calls of each operation
TURNS = 3  # in the short form each role tries one operation of so many, each in its turn
# Rows of the world by the address in which they stand.
ROWS = {
    "units": ["unit", "helping_unit"],
    "people": ["person", "person_other"],
    "person-requests": ["request", "request_decided"],
    "contacts": ["duty", "duty2"],
    "audit": ["entry"],
    "plans": ["plan", "draft_plan", "bare_plan"],
    "tasks": ["task", "bare_task"],
    "actions": ["action", "bare_action"],
    "responsibilities": ["duty", "duty2", "duty_draft"],
    "assignments": ["unsigned", "signed"],
    "overdue": ["late"],
    "periods": ["period", "closed_period"],
    "progress": [
        *(f"report_{state}" for state in ("draft", "submitted", "approved", "returned")),
        *("report_asked", "report_signed"),
    ],
    "contributions": ["part_told", "part_begun"],
    "evidence": ["evidence_draft", "evidence_approved"],
    "unit-signing": ["unit"],
    "letters": ["unit"],
    "milestones": ["step_draft", "step_proposed", "step_confirmed", "step_claimed"],
    "extensions": ["extension_asked", "extension_granted"],
    "endings": ["ending_claimed", "ending_accepted"],
    "assessments": ["duty", "assessed"],
    "findings": ["finding", "finding_answered", "finding_proposal"],
    "samples": ["sample"],
    "successions": ["succession", "succession_done"],
    "calendar": ["calendar"],
    "indicators": ["indicator"],
    "targets": ["target"],
    "observations": ["loaded", "seen_draft", "seen_submitted", "seen_approved"],
    "notices": ["notice"],
    "deputies": ["deputy"],
    "urges": ["urge_unit"],
    "sendings": ["urge"],
    "phone-calls": ["call"],
    "robots": ["robot"],
    "deliveries": ["dead_mail"],
    "report-runs": ["run"],
    "report-files": ["file", "file_unit"],
    "report-schedules": ["schedule"],
    "report-mails": ["book_mail"],
    "forms": ["unit"],
    "uploads": ["upload", "upload_office", "upload_unread"],
}


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What broke inside. The test's connection, in a transaction, outlives each call."""
    told: list[str] = []

    def tell(**kwargs: Any) -> None:
        told.append(traceback.format_exc(limit=-4))

    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    logging.disable(logging.ERROR)  # told by the test itself
    got_request_exception.connect(tell)
    yield told
    got_request_exception.disconnect(tell)
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def _built(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Path]]:
    files = tmp_path_factory.mktemp("files")
    with kept_world(django_db_blocker, files) as built:
        yield built, files


@pytest.fixture
def world(_built: tuple[World, Path], db: None, settings: Any) -> World:
    built, settings.FILES_DIR = _built
    return deepcopy(built)


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema as programs get it, before the application of this process."""
    out = io.StringIO()
    call_command("spectacular", stdout=out)
    found = schemathesis.openapi.from_dict(yaml.safe_load(out.getvalue()))
    found.app = get_wsgi_application()
    return found


class Caller:
    """Calls of one operation as one person, with rows that there are and their ETags."""

    def __init__(self, operation: Any, world: World, who: str) -> None:
        self.operation, self.world, self.who = operation, world, who
        self.area = operation.path.removeprefix("/api/v1/").split("/")[0]
        token, _expiry = tokens.issue(world.people[who])
        self.headers = {"Authorization": f"Token {token}"}
        self.reader = Client()
        self.reader.force_login(world.people["super"])

    def try_one(self, case: Any, row: Any, is_fresh: bool) -> None:
        """Call, look at the answer, and undo what was done."""
        headers = dict(self.headers)
        if row is not None and case.path_parameters:
            self._name(case, row)
            if is_fresh and (etag := self._etag(case)):
                headers["If-Match"] = etag
        cache.clear()
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)

    def _name(self, case: Any, row: Any) -> None:
        """Put the row into the address; a letter's has its quarter beside the unit."""
        named = {Plan: "code", DayList: "year"}.get(type(row), "pk")
        first, *others = sorted(case.path_parameters, key=("period", "quarter").__contains__)
        case.path_parameters[first] = getattr(row, named)
        quarter, period = self.world.words["quarter"], self.world["period"].pk
        case.path_parameters |= {n: quarter if n == "quarter" else period for n in others}

    def _etag(self, case: Any) -> str:
        path = "/".join(case.formatted_path.split("/")[:5]) + "/"
        return str(self.reader.get(path).headers.get("ETag", ""))

    def run(self, calls: int, *, seeded: bool) -> None:
        """Try as many calls as asked."""
        rows = [self.world[word] for word in ROWS.get(self.area, [])]
        cases = st.tuples(
            self.operation.as_strategy(), st.sampled_from([None, *rows]), st.booleans()
        )
        limits = hypothesis.settings(
            max_examples=calls,
            derandomize=seeded,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )

        @limits
        @hypothesis.given(cases)
        def each(drawn: tuple[Any, Any, bool]) -> None:
            self.try_one(*drawn)

        each()


def run(
    schema: Any, world: World, who: str, errors: list[str], calls: int, *, seeded: bool
) -> None:
    """The operations as one person; every failure is told, not the first alone."""
    wrong, turn = [], ROLES.index(who)
    for place, found in enumerate(schema.get_all_operations()):
        if seeded and (place + turn) % TURNS:
            continue
        operation = found.ok()
        try:
            Caller(operation, world, who).run(calls, seeded=seeded)
        except (Exception, BaseExceptionGroup) as error:
            wrong.append(f"{operation.label}: {error}")
    assert not wrong, "\n\n".join([*wrong, *errors])


@pytest.mark.parametrize("who", ROLES)
def test_every_answer_is_in_the_schema(
    schema: Any, world: World, errors: list[str], who: str
) -> None:
    run(schema, world, who, errors, SHORT, seeded=True)


@pytest.mark.faults
@pytest.mark.parametrize("who", ROLES)
def test_every_answer_of_many_calls_is_in_the_schema(
    schema: Any, world: World, errors: list[str], who: str
) -> None:
    run(schema, world, who, errors, LONG, seeded=False)


def test_every_address_with_a_number_has_rows_to_try(schema: Any) -> None:
    areas = {
        found.ok().path.removeprefix("/api/v1/").split("/")[0]
        for found in schema.get_all_operations()
        if "{" in found.ok().path
    }
    assert areas == ROWS.keys()


def test_what_is_told_to_some_alone_may_be_missing(schema: Any) -> None:
    described = schema.raw_schema["components"]["schemas"]
    for serializer in (ReportSerializer, ObservationSerializer):
        shape = described[serializer.__name__.removesuffix("Serializer")]
        assert set(serializer.way) <= shape["properties"].keys()
        assert not set(serializer.way) & set(shape["required"]), serializer
