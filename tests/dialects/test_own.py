"""A person's own dialects: read from a folder, refused with file and line, and read before those of the package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.judge.builders import OPAQUE, Bench, bearer
from tui401.causes import all_causes
from tui401.dialects import DialectError, Matcher, load, matcher, own, use

GATEWAY = """\
name = "acme-gateway"
title = "Acme's gateway"
kind = "gateway"
sources = ["https://wiki.example.com/gateway"]

[[recognise]]
host = 'api\\.example\\.com$'

[[says]]
where = ["body"]
match = 'code: E-17'
cause = "address-not-allowed"
strength = "confirmed"
"""


@pytest.fixture(autouse=True)
def afterwards_only_those_of_the_package() -> Iterator[None]:
    yield
    use(())


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert own(tmp_path / "none", causes=all_causes()) == ()


def test_words_of_ones_own_gateway_are_read(tmp_path: Path) -> None:
    refused = '{"code": "E-17", "message": "Token has expired"}'
    assert Bench(bearer(OPAQUE)).refused(refused, status=403).root() == ("token-expired", "likely")
    use(own(folder(tmp_path, acme_gateway=GATEWAY), causes=all_causes()))
    bench = Bench(bearer(OPAQUE)).refused(refused, status=403)
    assert bench.root() == ("address-not-allowed", "confirmed")
    assert bench.facts().who.name == "Acme's gateway"


def test_where_ones_own_speaks_no_other_dialect_does(tmp_path: Path) -> None:
    quiet = GATEWAY.replace("acme-gateway", "aaa").replace("address-not-allowed", "").replace('"confirmed"', '"likely"')
    theirs = [dialect for dialect in load() if dialect.name == "wording"]
    texts = {"host": "api.example.com", "body": "code: E-17\nmessage: Token has expired"}
    mine = own(folder(tmp_path, aaa=quiet), causes=all_causes())
    reading = Matcher(theirs, mine).read(texts, status=401, marks={"credential", "opaque"})
    assert {hit.dialect.name for hit in reading.hits} == {"aaa"}


def test_one_of_the_same_name_takes_the_place_of_the_packages(tmp_path: Path) -> None:
    use(own(folder(tmp_path, stripe=GATEWAY.replace("acme-gateway", "stripe")), causes=all_causes()))
    found = [dialect for dialect in matcher.package_matcher().dialects if dialect.name == "stripe"]
    assert [dialect.title for dialect in found] == ["Acme's gateway"]


BROKEN = [
    (GATEWAY.replace("confirmed", "sure"), "line 13", "sure"),
    (GATEWAY.replace("address-not-allowed", "adress"), "line 12", '"adress"'),
    (GATEWAY.replace("code: E-17", "code: (E"), "line 11", "refused by RE2"),
    (GATEWAY + 'when = ["bearrer"]\n', "line 12", '"bearrer"'),
    (GATEWAY.replace('kind = "gateway"', 'kind = "door"'), "line 3", "door"),
    (GATEWAY.replace("[[recognise]]", "[[recognise]"), "line 6", "cannot be read"),
    (GATEWAY.replace("[[recognise]]\nhost = 'api\\.example\\.com$'\n", ""), "line 10", "nothing recognises"),
    (GATEWAY.replace("https://wiki", "http://wiki"), "acme-gateway.toml", "https source"),
]


@pytest.mark.parametrize(("text", "line", "why"), BROKEN)
def test_a_file_that_cannot_be_used_is_refused_with_file_line_and_reason(
    tmp_path: Path, text: str, line: str, why: str
) -> None:
    with pytest.raises(DialectError) as told:
        own(folder(tmp_path, acme_gateway=text), causes=all_causes())
    assert "acme-gateway.toml" in str(told.value)
    assert line in str(told.value)
    assert why in str(told.value)


def test_bytes_that_are_no_text_are_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_bytes(b"name = '\xff\xfe'")
    with pytest.raises(DialectError, match=r"acme\.toml cannot be read: it is not UTF-8"):
        own(tmp_path, causes=all_causes())
