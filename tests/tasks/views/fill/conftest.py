"""The progress form's address, and what a browser sends from it."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.tasks.views.conftest import World
from units.models import User

Browser = Callable[[User], Client]


def address(world: World, quarter: str = "2026Q3") -> str:
    return reverse("tasks:report", args=[world.side.pk, quarter])


def filled(**changes: Any) -> dict[str, Any]:
    values = {
        "percent": "65",
        "progress": "完成管道建设。",
        "problems": "",
        "next_steps": "开展验收。",
        "coordination": "",
        "version": "0",
        "action": "save",
    }
    return values | changes
