"""The sentence over a cover, worked out from the models alone."""

from tasks.models import Responsibility
from tasks.states import LightWord
from tests.reports.oracle import ENDED, Oracle

IN_HAND = ("submitted", "approved")


def standing(oracle: Oracle, sides: list[Responsibility]) -> str:
    """牵头26项：逾期4项、…；应报18项，已报送10项，已审核6项。"""
    known = all(map(oracle.knows, sides))
    lights = []
    for word in LightWord:
        number = sum(side.light_word(oracle.day) == word for side in sides)
        lights += [f"{word.label}{number}项"] * bool(number)
    states = {pk: report.state for pk, report in oracle.told.items()}
    shown = IN_HAND if known else IN_HAND[1:]
    due = sum(side.state not in ENDED or states.get(side.pk) in shown for side in sides)
    reported = sum(states.get(side.pk) in shown for side in sides)
    approved = sum(states.get(side.pk) == "approved" for side in sides)
    filed = f"已报送{reported}项，" * known + f"已审核{approved}项"
    return f"牵头{len(sides)}项：{'、'.join(lights)}；应报{due}项，{filed}。"
