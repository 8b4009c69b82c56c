"""docs/states.md: the states of each model and their legal moves, drawn from the tables."""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.utils import translation

from reports import states as reports_states
from tasks import states as tasks_states
from units import states as units_states

MODULES: tuple[ModuleType, ...] = (tasks_states, units_states, reports_states)
SUFFIX = "_MOVES"
LANGUAGES = ("zh-hans", "en")
HEAD = """# States and legal moves

Made by `manage.py draw_states` from the tables in `tasks/states/`, `units/states.py` and
`reports/states.py`; a test holds the two together. A service that changes a state asks its table
(`tracker.lib.states.check_move`), and what is not drawn here is refused. The first state of each
table is the one in which a row begins.
"""


def path() -> Path:
    """Where the page stands."""
    return Path(settings.BASE_DIR) / "docs" / "states.md"


def tables() -> Iterator[tuple[str, Any, Mapping[Any, frozenset[Any]]]]:
    """The name of each table, its states and its moves."""
    for module in MODULES:
        for name, moves in inspect.getmembers(module, lambda one: isinstance(one, Mapping)):
            if name.endswith(SUFFIX):
                yield f"{module.__name__}.{name}", type(next(iter(moves))), moves


def page() -> str:
    """The page as it ought to be."""
    return "\n".join([HEAD, *(_section(*table) for table in tables())])


def _section(name: str, states: Any, moves: Mapping[Any, frozenset[Any]]) -> str:
    labels = {state: _labels(state) for state in states}
    told = (inspect.getdoc(states) or "").partition("\n")[0]
    # Django's own sentence about enumerations says nothing of ours.
    said = f"{told}\n\n" if told and "__doc__" in vars(states) and states.__doc__ else ""
    rows = "\n".join(
        f"| `{state.value}` | {chinese} | {english} | {_onward(moves[state])} |"
        for state, (chinese, english) in labels.items()
    )
    return (
        f"## {states.__name__}\n\n`{name}`. {said}".rstrip()
        + f"\n\n| value | 中文 | English | next |\n|---|---|---|---|\n{rows}\n\n"
        + f"```mermaid\n{_diagram(states, labels, moves)}\n```\n"
    )


def _labels(state: Any) -> tuple[str, str]:
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(str(state.label))
    return found[0], found[1]


def _onward(to: frozenset[Any]) -> str:
    return ", ".join(f"`{state.value}`" for state in sorted(to, key=_place)) or "—"


def _place(state: Any) -> int:
    values: list[str] = type(state).values
    return values.index(state.value)


def _diagram(states: Any, labels: Mapping[Any, tuple[str, str]], moves: Any) -> str:
    lines = ["stateDiagram-v2"]
    for state, (chinese, english) in labels.items():
        lines.append(f'    state "{chinese} · {english}" as {state.value}')
    lines.append(f"    [*] --> {next(iter(states)).value}")
    for state in states:
        onward = sorted(moves[state], key=_place)
        lines += [f"    {state.value} --> {to.value}" for to in onward]
        if not onward:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join(lines)
