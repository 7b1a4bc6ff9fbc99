from __future__ import annotations

import copy
import logging
import pickle

import msgspec
import pytest

from tui401.model.secret import MASK, Secret

RAW = "canary-4f9d2a7c81be5f3a"


def test_no_way_of_turning_a_secret_into_text_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(RAW)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("tui401").warning("the value is %s and %r", secret, secret)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, "{}".format(secret), caplog.text]  # noqa: UP031, UP032 - each is a way of its own
    for text in shown:
        assert "canary" not in text
        assert RAW[:8] not in text
        assert RAW[-8:] not in text
    assert MASK in str(secret)


def test_a_secret_neither_pickles_nor_encodes() -> None:
    with pytest.raises(TypeError, match="does not pickle"):
        pickle.dumps(Secret(RAW))
    with pytest.raises(TypeError):
        msgspec.json.encode({"value": Secret(RAW)})


def test_copies_of_a_secret_are_the_secret_itself() -> None:
    secret = Secret(RAW)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_secrets_compare_by_value_and_never_with_plain_text() -> None:
    assert Secret(RAW) == Secret(RAW)
    assert Secret(RAW) != Secret(RAW + "x")
    assert Secret("é\ud800") == Secret("é\ud800")
    assert Secret(RAW) != RAW
    assert len({Secret(RAW), Secret(RAW)}) == 1


def test_a_hint_is_four_characters_of_a_long_value_only() -> None:
    assert Secret(RAW).hint == "5f3a"
    assert Secret("hunter2").hint == ""
    assert Secret("x" * 20 + "\x1b[0m").hint == ""
    assert Secret(b"x" * 40).hint == ""


def test_emptiness_and_length_can_be_asked() -> None:
    assert not Secret("")
    assert Secret("a")
    assert len(Secret("abc")) == 3
