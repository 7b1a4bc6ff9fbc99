from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest

from tests.canary.loopback import Loopback, Seen, response
from tests.vault.backends import Held, Locked
from tui401.cli.doctor_page import IssuerLooked, Line, Looked, Page, State, as_object, as_text, is_well, page
from tui401.judge.guard import Certificate
from tui401.model.shown import ClockSeen, MachineSeen
from tui401.practice import PracticeThread
from tui401.vault.backends import BackendState

NOW = 1.79e9
DAY = 86_400.0


def states(made: Page) -> dict[str, State]:
    return {line.name: line.state for _, lines in made for line in lines}


def said(made: Page) -> dict[str, str]:
    return {line.name: line.says for _, lines in made for line in lines}


def test_all_that_is_well_is_a_page_of_ticks() -> None:
    made = page(
        Looked(
            now=NOW,
            versions=(("tui401", "1"),),
            config="config.toml",
            profiles=("prod",),
            where="this machine's keyring",
            backends=(BackendState(title="Secret Service", usable=True, chosen=True),),
            clocks=(ClockSeen(who="ntp", source="time.example", offset=0.2, uncertainty=0.1),),
            machine=MachineSeen(synchronised=True, service="chrony", timezone="Etc/UTC"),
            environment=(("https_proxy", "http://proxy:3128"),),
            issuers=(
                IssuerLooked(
                    profile="prod", issuer="https://l.example", tls="TLSv1.3", seconds=0.04, ends=NOW + 90 * DAY
                ),
            ),
            certificates=(("prod", Certificate(name="c.pem", begins=NOW - DAY, ends=NOW + 90 * DAY)),),
        )
    )
    assert is_well(made)
    assert State.BAD not in states(made).values()
    assert [title for title, _ in made] == [
        *("Credentials at rest", "Profiles", "Clocks", "Proxy and certificates", "Issuers", "Versions")
    ]
    assert said(made)["prod"] == "https://l.example answers by TLSv1.3 in 40 ms."
    assert "by chrony" in said(made)["this machine"]


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        ({"vault_problem": "No keyring."}, "keyring", "No keyring. `tui401 vault move --to file`"),
        ({"vault_problem": "It is locked.", "backend": "file"}, "file", "It is locked."),
        ({"journal_problem": "It cannot be kept."}, "journal", "It cannot be kept."),
        ({"config_problems": ("line 3: no.",)}, "config.toml", "line 3: no."),
        ({"clocks": (ClockSeen(who="ntp", source="t", offset=180.0, uncertainty=0.1),)}, "t", "3 min behind"),
        ({"clocks": (ClockSeen(who="ntp", source="t", offset=-180.0, uncertainty=0.1),)}, "t", "3 min ahead"),
        ({"issuers": (IssuerLooked(profile="p", issuer="i", problem="It is down."),)}, "p", "It is down."),
        (
            {"certificates": (("p", Certificate(name="c.pem", begins=1.0, ends=NOW - 1)),)},
            "p, certificate",
            "c.pem is not valid now: it ended",
        ),
        (
            {"certificates": (("p", Certificate(name="c.pem", begins=NOW + DAY, ends=NOW + 2 * DAY)),)},
            "p, certificate",
            "c.pem is not valid now: it begins in",
        ),
        (
            {
                "certificates": (
                    (
                        "p",
                        Certificate(name="c.pem", problem="No."),
                    ),
                )
            },
            "p, certificate",
            "No.",
        ),
    ],
)
def test_what_will_cost_a_call_is_marked_and_says_what_to_do(changes: dict[str, Any], name: str, says: str) -> None:
    made = page(Looked(now=NOW, **changes))
    assert not is_well(made)
    assert states(made)[name] is State.BAD
    assert says in said(made)[name]
    assert f"✗ {name}" in as_text(made)
    assert as_object(made)["well"] is False


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"clocks": (ClockSeen(who="ntp", source="t", problem="Silent."),)}, "t"),
        ({"machine": MachineSeen(synchronised=None)}, "this machine"),
        ({"certificates": (("p", Certificate(name="c", begins=1.0, ends=NOW + DAY)),)}, "p, certificate"),
        ({"issuers": (IssuerLooked(profile="p", issuer="i", ends=NOW + DAY),)}, "p"),
    ],
)
def test_what_is_only_worth_knowing_is_no_fault(changes: dict[str, Any], name: str) -> None:
    made = page(Looked(now=NOW, **changes))
    assert is_well(made)
    assert states(made)[name] is State.NOTE


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture
def world() -> Iterator[Any]:
    with PracticeThread() as running:
        yield running


def test_the_command_looks_at_this_machine_and_the_profiles_issuers(
    tui401: Callable[..., Any], held: Held, world: Any
) -> None:
    assert held.entries == {}
    tui401("profile", "add", "prod", f"issuer={world.issuer}", f"ntp={world.ntp}")
    ran = tui401("doctor", "--format", "json")
    lines = {line["name"]: line for section in ran.json["sections"] for line in section["lines"]}
    assert (ran.code, ran.json["well"]) == (0, True), lines
    assert lines["prod"]["state"] == "good"
    assert lines[world.ntp]["says"].startswith("This machine agrees with it")
    assert len(world.requests.issuer) == 1
    assert not world.requests.api


def test_offline_nobody_is_asked(tui401: Callable[..., Any], held: Held, world: Any) -> None:
    assert held.entries == {}
    tui401("profile", "add", "prod", f"issuer={world.issuer}", f"ntp={world.ntp}")
    ran = tui401("doctor", "--offline", env={"https_proxy": "http://ada:s3cretpassword@proxy.example:3128"})
    assert ran.code == 0
    assert "proxy.example:3128" in ran.out
    assert "s3cretp" not in ran.out
    assert not world.requests.issuer
    assert world.asked_time == 0


def test_what_is_wrong_here_is_told_and_exits_with_one(
    tui401: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", Locked)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("[profile.p]\ncolour = 1\n[profile.q]\nissuer = 2\n")
    ran = tui401("doctor", "--offline")
    assert ran.code == 1
    assert "✗ keyring  " in ran.out
    assert "KeyringLocked" in ran.out
    assert "config.toml, line 2: " in ran.out
    assert "config.toml, line 4: " in ran.out


def test_an_issuer_that_cannot_be_reached_is_told(tui401: Callable[..., Any], held: Held, world: Any) -> None:
    assert held.entries == {}
    tui401("profile", "add", "gone", "issuer=http://127.0.0.1:1", f"ntp={world.ntp}")
    ran = tui401("doctor")
    assert ran.code == 1
    assert "✗ gone" in ran.out


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        ("503 Service Unavailable", "{}", "answers 503 instead of metadata. Without metadata no token"),
        ("404 Not Found", "gone", "answers 404 instead of metadata"),
        ("200 OK", "<html>", "is not a JSON object with metadata"),
        ("200 OK", "{}", "names no issuer. Correct the profile's issuer."),
        ("200 OK", '{"issuer": "https://other.example"}', "is the metadata of https://other.example, and your profile"),
    ],
)
@pytest.mark.usefixtures("held")
def test_an_issuer_that_answers_without_metadata_is_told(
    tui401: Callable[..., Any], world: Any, status: str, body: str, says: str
) -> None:
    with Loopback(lambda _: response(status, [], body)) as server:
        tui401("profile", "add", "bad", f"issuer={server.origin}", f"ntp={world.ntp}")
        ran = tui401("doctor")
    assert ran.code == 1
    assert "✗ bad" in ran.out
    assert says in ran.out


@pytest.mark.usefixtures("held")
def test_metadata_at_the_second_address_is_enough(tui401: Callable[..., Any], world: Any) -> None:
    def answer(seen: Seen) -> bytes:
        if seen.target.startswith("/.well-known/oauth-authorization-server"):
            return response("200 OK", [], f'{{"issuer": "{server.origin}"}}')
        return response("404 Not Found", [], "")

    with Loopback(answer) as server:
        tui401("profile", "add", "plain", f"issuer={server.origin}", f"ntp={world.ntp}")
        ran = tui401("doctor")
    assert ran.code == 0, ran.out
    assert "✓ plain" in ran.out


def test_a_long_sentence_goes_on_under_its_own_beginning_and_no_word_is_cut() -> None:
    says = "No keyring was found on this machine, so credentials stay in memory until one is there."
    made: Page = (("Credentials at rest", (Line(name="keyring", state=State.BAD, says=says),)),)
    wrapped = as_text(made, 60).splitlines()
    assert len(wrapped) == 3
    assert all(len(line) <= 60 for line in wrapped)
    assert all(line[:13].strip() == "" for line in wrapped[2:] if line)
    assert " ".join(" ".join(wrapped[1:]).split()).removeprefix("✗ keyring ") == says
    assert says in as_text(made)
