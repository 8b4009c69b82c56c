"""Words around a number stand where the language has them."""

from decimal import Decimal

import pytest

from tasks.models.phrases import phrase


@pytest.mark.parametrize(
    ("numbers", "measure", "comparator", "text", "remark"),
    [
        ([16], "%", "", "16%", ""),
        ([16], "%", "达到", "达到16%", ""),
        ([16], "%", "力争达到…左右", "力争达到16%左右", ""),
        ([16], "%", "以下", "16%以下", ""),
        ([5], "万吨标准煤", "及以上", "5万吨标准煤及以上", ""),
        ([5], "GW", "超", "超5 GW", ""),
        ([1600], "个", "余", "1600余个", ""),
        ([80], "个", "超…余", "超80余个", ""),
        ([2, Decimal("2.5")], "公顷", "2-2.5", "2–2.5公顷", ""),
        ([6], "个", "等6个园区", "6个", ""),
        ([60], "个", "等6个园区", "等6个园区60个", ""),
        ([3], "个", "三大", "3个", ""),
        ([4], "个", "三大", "三大4个", ""),
        ([1], "次/日", "每日", "1次/日", ""),
        ([2], "次/日", "每日", "每日2次/日", ""),
        ([100], "%", "前（2060年前）达到", "2060年前达到100%", ""),
        ([16], "%", "降低（另有说法）", "降低16%", "另有说法"),
        ([16], "%", "（甲）降低(乙)", "降低16%", "甲；乙"),
        ([], "", "前（2030年前）", "2030年前", ""),
        ([], "", "上半年（2022-06-30前）", "2022年上半年", ""),
        ([], "", "", "", ""),
    ],
)
def test_phrase(
    numbers: list[Decimal | int], measure: str, comparator: str, text: str, remark: str
) -> None:
    assert phrase([Decimal(n) for n in numbers], "", measure, comparator) == (text, remark)


def test_a_class_stands_where_a_number_would() -> None:
    assert phrase([], "Ⅱ", "类", "保持为") == ("保持为Ⅱ类", "")
