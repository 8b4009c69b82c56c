"""The words of demo reports: put together from short phrases, marked as a demo."""

import random
from dataclasses import dataclass

from tasks.models import Responsibility
from tasks.services.demo.themes import difficulties_of, matters_of

MARK = "【演示】"
FIRST = (
    "印发{a}年度任务清单，明确{n}项工作和责任人",
    "会同{partner}开展{a}现状调研，梳理问题{n}条",
    "启动{a}前期论证，组织专题会商{m}次",
    "建立{a}工作台账，按月调度",
    "完成{a}基础资料收集，形成初步方案",
)
MIDDLE = (
    "{a}完成年度节点{n}项",
    "组织{a}现场调度{m}次，协调解决问题{n}个",
    "{a}进入实施阶段，落实项目{n}个",
    "就{a}与对口单位会商{m}次，形成会议纪要",
    "会同{partner}推进{a}，纳入年度计划{n}项",
    "{a}按计划推进，开展督导检查{m}次",
)
LATE = (
    "{a}主体工作基本完成，正在整理验收资料",
    "{a}清单内{n}项工作已完成{k}项",
    "完成{a}自查评估，整改问题{n}个",
    "{a}转入常态化运行，形成制度文件{m}项",
    "{a}成效材料已汇总，拟报协调办公室核验",
)
DONE = (
    "{a}各项工作全部完成，办结材料已报送",
    "{a}通过验收，转入日常管理",
)
ALONGSIDE = (
    "{b}同步开展",
    "{b}前期工作有序进行",
    "{b}已明确牵头处室和时间安排",
    "{b}完成方案比选",
    "{b}取得阶段性进展",
)
NEXT = (
    "加快{a}，力争下季度完成节点{n}项",
    "会同{partner}推进{b}",
    "对照年度目标查漏补缺，重点推进{b}",
    "组织{a}阶段评估，及时整改",
    "完善{b}工作机制，按月跟踪进度",
)
COORDINATION = (
    "请协调办公室牵头会商{b}有关事项",
    "请协调{partner}加快办理{a}相关手续",
)
NO_NEWS = (
    "{a}正在履行审批程序，本季度无新进展",
    "受前期手续影响，{a}本季度无新进展，已与{partner}沟通",
)


@dataclass(frozen=True)
class Words:
    """The texts of one report."""

    progress: str
    problems: str = ""
    next_steps: str = ""
    coordination: str = ""


class Writer:
    """Writes the reports of one side of a task; its chance is seeded by the side."""

    def __init__(self, side: Responsibility, chance: random.Random) -> None:
        self.chance = chance
        self.matters = list(matters_of(side.task))
        self.difficulties = difficulties_of(side.task)
        helpers = [r.unit.name for r in side.task.cooperating if r.side_id == side.side_id]
        self.partners = helpers or ["有关单位"]

    def _slots(self) -> dict[str, object]:
        a, b = self.chance.sample(self.matters, 2)
        n = self.chance.randint(3, 12)
        return {
            "a": a,
            "b": b,
            "n": n,
            "k": max(1, n - self.chance.randint(0, 2)),
            "m": self.chance.randint(2, 5),
            "partner": self.chance.choice(self.partners),
        }

    def report(self, percent: int, before: int) -> Words:
        """Return the words of a quarter that ends at `percent`."""
        slots = self._slots()
        kit = FIRST if percent < 20 else MIDDLE if percent < 75 else LATE if percent < 100 else DONE
        said = self.chance.choice(kit).format(**slots)
        if percent < 100:
            said += "；" + self.chance.choice(ALONGSIDE).format(**slots)
        gain = percent - before
        step = f"，较上季度提高{gain}个百分点" if before and gain > 0 else ""
        words = f"{MARK}{said}。累计完成{percent}%{step}。"
        if percent == 100:
            return Words(words, next_steps="做好后续管理和资料归档。")
        return Words(
            words,
            problems=f"{self.chance.choice(self.difficulties)}。"
            if self.chance.random() < 0.6
            else "",
            next_steps=f"{self.chance.choice(NEXT).format(**slots)}。",
            coordination=(
                f"{self.chance.choice(COORDINATION).format(**slots)}。"
                if self.chance.random() < 0.12
                else ""
            ),
        )

    def no_news(self) -> Words:
        """Return the reason why there is nothing new."""
        slots = self._slots()
        return Words(
            f"{MARK}{self.chance.choice(NO_NEWS).format(**slots)}。",
            next_steps=f"{self.chance.choice(NEXT).format(**slots)}。",
        )
