"""Which names each verb of the log tells before and after, read from the sources."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings

TOLD = ("before", "after", "also", "told", "values")
APPS = ("units", "tasks", "reports", "tracker")


@lru_cache(maxsize=1)
def names_by_verb() -> dict[str, set[str]]:
    """By verb the names under which its entries tell something.

    Of a call the literal keys, those of the dicts that its names were made from in the same
    function, and those of the module's own functions that make one.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for app in APPS:
        for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
            if "migrations" not in path.parts:
                for verb, name in _of_module(ast.parse(path.read_text(encoding="utf-8"))):
                    found[verb].add(name)
    return dict(found)


def _of_module(tree: ast.Module) -> Iterator[tuple[str, str]]:
    functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    for function in functions.values():
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and _name_of(call.func) in ("record", "save_changes"):
                for verb in _verbs(call):
                    for name in _told_by(call, function, functions):
                        yield verb, name


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _verbs(call: ast.Call) -> Iterator[str]:
    """Its literal verbs: of `"a.b" if x else "a.c"` both."""
    given = [word.value for word in call.keywords if word.arg == "verb"] + call.args[:1]
    for node in given:
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value:
                yield one.value


def _told_by(
    call: ast.Call, function: ast.FunctionDef, functions: dict[str, ast.FunctionDef]
) -> Iterator[str]:
    given = [word.value for word in call.keywords if word.arg in TOLD]
    if _name_of(call.func) == "save_changes":
        given += call.args[1:2]
    for node in given:
        yield from _keys(node)
        for one in ast.walk(node):
            if isinstance(one, ast.Name):
                yield from _assigned(one.id, function)
            if isinstance(one, ast.Call) and (made := functions.get(_name_of(one.func))):
                yield from _keys(made)


def _keys(node: ast.AST) -> Iterator[str]:
    """The literal keys of the dicts in a node, of a comprehension's the names that it walks."""
    for one in ast.walk(node):
        match one:
            case ast.Dict(keys=keys):
                yield from _texts(keys)
            case ast.DictComp(generators=[ast.comprehension(iter=walked), *_]):
                yield from _texts(getattr(walked, "elts", []))


def _assigned(name: str, function: ast.FunctionDef) -> Iterator[str]:
    """What a name of the function was made from: `name = {…}`, `name["key"] = …`, `name |= {…}`."""
    for one in ast.walk(function):
        targets = one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", None)]
        for target in targets:
            for part in getattr(target, "elts", [target]):
                match part:
                    case ast.Name(id=found) if found == name and getattr(one, "value", None):
                        yield from _keys(one.value)  # type: ignore[attr-defined]  # has it
                    case ast.Subscript(value=ast.Name(id=found), slice=key) if found == name:
                        yield from _texts([key])


def _texts(nodes: list[ast.expr | None] | list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
