"""A small plan of two sides for one quarter, its people, and a browser that one of them holds."""

import datetime
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from tasks.models import Period, Plan, Responsibility
from tests.factories import (
    JurisdictionFactory,
    MembershipFactory,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tracker.lib.workdays import SHANGHAI
from units.models import User

QUARTER = "2026Q3"
PIPES, GAS = "协同开发油气资源", "共建天然气储备"
# Small, and yet a file that a reader opens.
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
# Where pictures of all pages are kept, for who wants to look at them.
PICTURES = os.environ.get("QUARTER_PICTURES")


@dataclass
class World:
    """Two tasks that 重庆市能源局 and 四川省能源局 lead; the former's reports are signed."""

    plan: Plan
    period: Period
    sides: dict[str, Responsibility]
    people: dict[str, User]


def build() -> World:
    """The rows. A person's name says the post: officer, signer, helper, office, inspector."""
    plan = joint_plan(code="joint-2022", tracked_from=QUARTER)
    cq, sc = plan.sides.order_by("order")
    here = UnitFactory(name="重庆市能源局", signs_reports=True)
    there = UnitFactory(name="四川省能源局", sichuan=True)
    helper = UnitFactory(name="重庆市经济信息委")
    pipes = TaskFactory(plan=plan, title=PIPES)
    gas = TaskFactory(plan=plan, title=GAS, due_on=datetime.date(2026, 12, 31))
    sides: dict[str, Any] = {
        "pipes": ResponsibilityFactory(task=pipes, unit=here),
        "pipes_there": ResponsibilityFactory(task=pipes, unit=there),
        "helping": ResponsibilityFactory(task=pipes, unit=helper, cooperating=True),
        "gas": ResponsibilityFactory(task=gas, unit=here),
        "gas_there": ResponsibilityFactory(task=gas, unit=there),
    }
    people = {
        "officer": officer(here, name="填报人"),
        "signer": MembershipFactory(unit=here, signer=True, user__name="审签人").user,
        "helper": officer(helper, name="配合人"),
        "office": coordinator(cq.office, name="协调人"),
        "inspector": inspector(JurisdictionFactory(), name="督查员"),
        "officer_there": officer(there, name="川填报人"),
        "office_there": coordinator(sc.office, name="川协调人"),
        "inspector_there": inspector(JurisdictionFactory(sichuan=True), name="川督查员"),
    }
    period = PeriodFactory(plan=plan, quarter_text=QUARTER)
    return World(plan, period, sides, people)


class Play:
    """Who sits at the browser, and on which day."""

    def __init__(self, world: World, page: Page, site: str, clock: Any) -> None:
        self.world = world
        self.page = page
        self._site = site
        self._clock = clock
        self._taken = 0

    def day(self, month: int, day: int) -> None:
        """It is ten in the morning of the day in 2026."""
        self._clock.move_to(datetime.datetime(2026, month, day, 10, 0, tzinfo=SHANGHAI))

    def person(self, name: str) -> None:
        """Another person logs in at the browser and sees the start page."""
        client = Client()
        client.force_login(self.world.people[name])
        key = settings.SESSION_COOKIE_NAME
        cookie: Any = {"name": key, "value": client.cookies[key].value, "url": self._site}
        self.page.context.add_cookies([cookie])
        self.go("/")

    def go(self, address: str) -> None:
        self.page.goto(address)
        self._picture()

    def follow(self, words: str, inside: str = "main") -> None:
        """Follow the first link of these words."""
        self.page.locator(inside).get_by_role("link", name=words).first.click()
        self.page.wait_for_load_state()
        self._picture()

    def task(self, title: str) -> None:
        """To a task's page from the list of tasks."""
        self.go("/tasks/")
        self.follow(title)

    def press(self, words: str, then: str = "") -> None:
        """Press the first visible button of these words; afterwards a sentence stands there."""
        self.button(words).click()
        self.page.wait_for_load_state()
        if then:
            self.reads(then)
        self._picture()

    def button(self, words: str) -> Locator:
        found = self.page.get_by_role("main").get_by_role("button", name=words)
        return found.filter(visible=True).first

    def open(self, words: str) -> None:
        """Unfold what stands beneath a summary."""
        self.page.locator("main summary", has_text=words).first.click()

    def fill(self, label: str, text: str) -> None:
        found = self.page.get_by_role("main").get_by_label(label)
        found.filter(visible=True).first.fill(text)

    def upload(self, name: str, content: bytes) -> None:
        """Choose a file as evidence."""
        file: Any = {"name": name, "mimeType": "application/pdf", "buffer": content}
        self.page.locator("main input[type=file]").filter(visible=True).first.set_input_files(file)

    def reads(self, *sentences: str) -> None:
        """All these stand on the page and can be seen."""
        for sentence in sentences:
            found = self.page.get_by_text(re.compile(re.escape(sentence))).filter(visible=True)
            expect(found.first).to_be_visible()

    def reads_not(self, *sentences: str) -> None:
        for sentence in sentences:
            expect(self.page.locator("main")).not_to_contain_text(sentence)

    def _picture(self) -> None:
        """Keep a picture of the whole page where somebody wants to look at them."""
        if PICTURES:
            self._taken += 1
            path = Path(PICTURES) / f"{self._taken:03}.png"
            self.page.screenshot(path=path, full_page=True)
