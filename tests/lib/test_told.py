"""Sentences that are stored are worded for each reader."""

import json

from django.utils import translation
from django.utils.translation import gettext

from tracker.lib.told import Told, stored, told, worded

EMPTY = "文件是空的，请重新选择。"
NOT_SENT = "“%(name)s”没有上传：%(why)s"


def test_a_sentence_is_text_in_the_language_of_the_moment() -> None:
    with translation.override("en"):
        assert told(EMPTY) == gettext(EMPTY) != EMPTY
    assert told(EMPTY) == EMPTY


def test_stored_it_is_worded_anew_with_what_it_names() -> None:
    with translation.override("zh-hans"):
        error = ValueError(told(EMPTY))
        sentence = told(NOT_SENT) % {"name": "100%.xlsx", "why": error}
    assert sentence == "“100%.xlsx”没有上传：文件是空的，请重新选择。"
    kept = json.loads(json.dumps(stored(sentence)))
    with translation.override("en"):
        said = worded(kept)
    assert "100%.xlsx" in said
    assert gettext(EMPTY) not in said
    assert stored(said) == kept
    assert worded(kept) == sentence


def test_an_error_gives_its_sentence_back_whole() -> None:
    found = str(ValueError(told(EMPTY)))
    assert isinstance(found, Told)
    assert stored(found) == [EMPTY, {}]


def test_other_text_stays_as_it_is() -> None:
    for text in ("", "表.xlsx", '["x", {}]'):
        assert worded(json.loads(json.dumps(stored(text)))) == text
