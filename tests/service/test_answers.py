"""Answers are kept as long as there is room, the last asked the longest."""

import pytest

from serving import editions
from serving.editions import Answers, Body


def body(size: int) -> Body:
    return Body(b"x" * size, "text/csv", None)


def test_the_longest_not_asked_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editions, "ANSWERS_BYTES", 80)
    answers = Answers()
    for number in range(8):
        answers.put(str(number), body(10))
    assert answers.get("0")
    answers.put("8", body(10))
    assert answers.get("1") is None
    assert answers.get("0")
    assert answers.get("8")


def test_one_answer_does_not_fill_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editions, "ANSWERS_BYTES", 80)
    answers = Answers()
    answers.put("small", body(10))
    answers.put("large", body(11))
    assert answers.get("large") is None
    assert answers.get("small")


def test_the_same_answer_twice_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editions, "ANSWERS_BYTES", 80)
    answers = Answers()
    for _ in range(20):
        answers.put("same", body(10))
    for number in range(7):
        answers.put(str(number), body(10))
    assert answers.get("same")
