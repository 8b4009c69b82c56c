"""The board fits the wall: nothing is cut off, nothing runs across its neighbour."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests import factories as make
from tests.api.conftest import Cast

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TALLER = "document.documentElement.scrollHeight - innerHeight"
SPILT = """[...document.querySelectorAll('.board-part')].filter((part) =>
  part.scrollHeight > part.clientHeight + 1 || part.lastElementChild.getBoundingClientRect().bottom
    > part.getBoundingClientRect().bottom).map((part) => [part.scrollHeight, part.clientHeight])"""
ACROSS = """[...document.querySelectorAll('.board-late > li')].filter((row) => {
  const kind = row.querySelector('.board-kind'), title = row.querySelector('.board-title');
  const range = document.createRange();
  range.selectNodeContents(kind);
  return range.getBoundingClientRect().right > title.getBoundingClientRect().left;
}).length"""
NAMES = (
    *("能源", "产业", "交通运输", "空间布局", "财税金融一体化"),
    *("标准体系保障", "科技", "市场", "生活"),
)


@pytest.fixture
def full(cast: Cast) -> None:
    """Ten actions with as many tasks as the joint plan has; pages of late sides of each kind."""
    for n, name in enumerate(NAMES):
        action = make.ActionFactory(
            plan=cast.plan,
            numeral=f"（{'一二三四五六七八九十'[n]}）",
            title=f"区域绿色低碳{name}行动",
        )
        for at in range(4 if n in (0, 2) else 2):
            task = make.TaskFactory(
                plan=cast.plan,
                action=action,
                overdue=at == 0,
                title="完善两地碳达峰碳中和标准体系建设",
            )
            for sichuan in (False, True):
                make.ResponsibilityFactory(task=task, unit=make.UnitFactory(sichuan=sichuan))


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_fits_a_wall_screen(enter: Callable[..., Page], language: str) -> None:
    page = enter("coordinator", language=language)
    for address in ("/board/", "/board/?page=3"):
        page.goto(address)
        for width, height in ((1920, 1080), (3840, 2160)):
            page.set_viewport_size({"width": width, "height": height})
            found = [page.evaluate(script) for script in (TALLER, SPILT, ACROSS)]
            assert found == [0, [], 0], (address, width)


@pytest.mark.usefixtures("full")
def test_it_says_whose_shape_is_which_and_what_it_counts(enter: Callable[..., Page]) -> None:
    page = enter("coordinator")
    page.goto("/board/")
    assert "左：重庆市 右：四川省" in " ".join(page.inner_text("#board-tasks").split())
    assert "项次" in page.inner_text("#board-late")
    assert "灯按任务计，取较差的一方" in page.inner_text(".board-when")
