"""The whole way: read every file, check all, then write all in one transaction."""

from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from tasks.models import Observation, Plan, Responsibility, Target, Task
from tasks.services.load.figures import OBSERVATION_SECTION, TARGET_SECTION
from tasks.services.load.plans import PLAN_SECTION
from tasks.states import PlanStatus
from tracker.lib.text import listed
from units.models import Jurisdiction, Unit, User
from units.services import audit
from units.services.load import SECTIONS
from units.services.load.shape import Key, LoadError, Problems, Raw, checked, read_file, slug
from units.services.load.sync import Run, Section, Source

ALL_SECTIONS: tuple[Section, ...] = (*SECTIONS, PLAN_SECTION, TARGET_SECTION, OBSERVATION_SECTION)
TOP_KEYS = {"document", "actions", *(section.key for section in ALL_SECTIONS)}
DOCUMENT = {"document": Key(slug)}
LOCK = 20_220_223  # of PostgreSQL's advisory locks: one loading at a time

Work = list[tuple[Section, Source, list[Raw]]]


def load_files(paths: Iterable[Path], *, by: User | None = None) -> list[Source]:
    """Load the files (of folders: every .yaml beneath); LoadError says all that is wrong.

    Files may come in any order and hold any sections. Nothing is changed unless all of it can be.
    """
    problems = Problems()
    sources = _read(paths, problems)
    work = _check(sources, problems)
    problems.raise_if_any()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _apply(work, problems)
        problems.raise_if_any()
        for source in sources:
            _record(source, by)
    return sources


def _read(paths: Iterable[Path], problems: Problems) -> list[Source]:
    sources: list[Source] = []
    for path in paths:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.suffix in {".yaml", ".yml"})
            if not files:
                problems.add(str(path), _("文件夹中没有 .yaml 文件。"))
        else:
            files = [path]
        for file in files:
            label = str(file.relative_to(path)) if path.is_dir() else file.name
            sources.append(Source(label, read_file(file, label, problems)))
    return sources


def _check(sources: list[Source], problems: Problems) -> Work:
    """Return what is to be written, in the order in which records refer to each other."""
    for source in sources:
        for key in sorted(source.data.keys() - TOP_KEYS):
            problems.add(
                source.label,
                _("未知的键“%(key)s”。可用的键：%(keys)s。")
                % {"key": key, "keys": listed(sorted(TOP_KEYS))},
            )
        if "document" in source.data:
            checked({"document": source.data["document"]}, DOCUMENT, source.label, problems)
    work: Work = []
    for section in ALL_SECTIONS:
        found = [(section, source, section.check(source, problems)) for source in sources]
        if section is PLAN_SECTION:
            found = _plans_above_first(found)
        work += [entry for entry in found if entry[2]]
    return work


def _plans_above_first(work: Work) -> Work:
    """Sort plans so that one comes after the plan it implements."""
    above = {row["code"]: row["implements"] for _s, _f, rows in work for row in rows}

    def depth(code: str | None) -> int:
        seen: list[str] = []
        while code is not None and code in above and code not in seen:
            seen.append(code)
            code = above[code]
        return len(seen)

    def place(entry: tuple[Section, Source, list[Raw]]) -> tuple[bool, int]:
        rows = entry[2]
        # Plans are listed as they were loaded: drafts that nothing rests on come last.
        draft = all(row["status"] == PlanStatus.DRAFT for row in rows)
        rests = any(row["code"] in above.values() for row in rows)
        return draft and not rests, max((depth(row["code"]) for row in rows), default=0)

    return sorted(work, key=place)


def _apply(work: Work, problems: Problems) -> None:
    run = Run(problems)
    for section, source, rows in work:
        try:
            with transaction.atomic():
                section.apply(source, rows, run)
        except ValidationError as error:
            problems.found += [f"{source.label}：{line}" for line in error.messages]
        except IntegrityError as error:
            problems.add(source.label, _reason(error))
        # What comes next refers to what failed: its complaints would only confuse.
        problems.raise_if_any()


def _reason(error: IntegrityError) -> str:
    """Return the sentence of the constraint that refused."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    models_here: tuple[type[models.Model], ...] = (
        Plan,
        Task,
        Responsibility,
        Target,
        Observation,
        Unit,
        Jurisdiction,
    )
    for model in models_here:
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return str(constraint.violation_error_message)
    return _("与已有数据冲突（%(name)s）。") % {"name": name}


def _record(source: Source, by: User | None) -> None:
    tally = source.tally
    if tally.changes:
        after = {
            "file": source.label,
            "created": dict(tally.created),
            "updated": dict(tally.updated),
            "kept": tally.kept,
        }
        audit.record("data.load", None, by=by, after=after)


__all__ = ["LoadError", "load_files"]
