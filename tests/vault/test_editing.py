from __future__ import annotations

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tui401.vault import editing
from tui401.vault.profiles import ProfileError, load, settings

COMMENTED = """\
# our environments
[profile.prod]  # the one that pages
origins = ["https://api.example.com"]   # behind the edge
# asked for by Ada
issuer = "https://login.example.com"

# not in use yet
[profile.stage]
origins = ["https://api.stage.example.com"]
"""
COMMENTS = [line[line.index("#") :] for line in COMMENTED.splitlines() if "#" in line]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "config.toml"
    made.write_text(COMMENTED, encoding="utf-8")
    return made


def test_a_profile_is_made_where_there_was_no_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    made = editing.add(path, "prod", {"origins": "https://a.example, https://b.example", "rotation_age": "90d"})
    assert [str(origin) for origin in made.origins] == ["https://a.example", "https://b.example"]
    assert load(path)["prod"] == made
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_comments_survive_every_change(path: Path) -> None:
    editing.amend(path, "prod", {"scopes": "a b", "issuer": "https://other.example", "least_scopes.GET /v1": "a"})
    editing.add(path, "jobs", {"origins": "https://jobs.example"})
    editing.rest_in(path, "file")
    text = path.read_text(encoding="utf-8")
    assert [comment for comment in COMMENTS if comment not in text] == []
    assert settings(path).backend == "file"
    profiles = load(path)
    assert list(profiles) == ["prod", "stage", "jobs"]
    assert profiles["prod"].issuer == "https://other.example"
    assert profiles["prod"].least_scopes == (("GET /v1", ("a",)),)


def test_an_empty_value_takes_a_key_away(path: Path) -> None:
    editing.amend(path, "prod", {"least_scopes.GET /v1": "a"})
    editing.amend(path, "prod", {"issuer": "", "least_scopes.GET /v1": "", "ntp": ""})
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert document["profile"]["prod"] == {"origins": ["https://api.example.com"]}


def test_a_profile_that_is_taken_out_leaves_the_others(path: Path) -> None:
    editing.remove(path, "prod")
    assert list(load(path)) == ["stage"]


def test_a_profile_of_scattered_tables_is_changed_and_taken_out(path: Path) -> None:
    scattered = '[profile.a.least_scopes]\n"GET /x" = []\n[profile.b]\nissuer = "https://b.example"\n[profile.a]\n'
    path.write_text(scattered + 'issuer = "https://a.example"\n', encoding="utf-8")
    assert editing.amend(path, "a", {"ntp": "time.example"}).ntp == "time.example"
    editing.remove(path, "a")
    assert list(load(path)) == ["b"]


def test_windows_line_ends_stay(path: Path) -> None:
    path.write_bytes(COMMENTED.replace("\n", "\r\n").encode())
    editing.amend(path, "prod", {"ntp": "time.example"})
    data = path.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") == COMMENTED.count("\n") + 1


@pytest.mark.skipif(os.name != "posix", reason="links and modes are POSIX")
def test_a_link_stays_a_link_and_the_mode_stays(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "dotfiles" / "config.toml"
    link.parent.mkdir()
    link.symlink_to(path)
    editing.amend(link, "prod", {"ntp": "time.example"})
    assert link.is_symlink()
    assert load(path)["prod"].ntp == "time.example"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"client_secret": "c4n4ry-9f3e7a21c5b8"}, "secrets do not stand in this file"),
        ({"isuer": "https://c4n4ry-9f3e7a21c5b8"}, "Did you mean issuer?"),
        ({"issuer": "c4n4ry-9f3e7a21c5b8"}, "In the profile prod, issuer takes the address"),
        ({"least_scopes.v1": "c4n4ry-9f3e7a21c5b8"}, "least_scopes has no endpoint"),
        ({"least_scopes": "c4n4ry-9f3e7a21c5b8"}, "least_scopes takes a table"),
        ({"proxy": "http://u:c4n4ry-9f3e7a21c5b8@p"}, "proxy names a user or password"),
    ],
)
def test_a_wrong_value_is_told_and_nothing_is_written(path: Path, values: dict[str, str], says: str) -> None:
    with pytest.raises(ProfileError, match=r".") as caught:
        editing.amend(path, "prod", values)
    assert says in str(caught.value)
    assert "c4n4ry" not in str(caught.value)
    assert path.read_text(encoding="utf-8") == COMMENTED


def test_a_file_that_is_faulty_already_is_told_with_its_line_and_left_alone(path: Path) -> None:
    path.write_text(COMMENTED + "colour = 3\n", encoding="utf-8")
    with pytest.raises(ProfileError, match=r"config\.toml, line 10: .*colour"):
        editing.amend(path, "prod", {"ntp": "time.example"})
    assert path.read_text(encoding="utf-8").endswith("colour = 3\n")


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda path: editing.add(path, "prod", {}), "There is a profile prod already"),
        (lambda path: editing.add(path, "a b", {}), "cannot name a profile"),
        (lambda path: editing.amend(path, "pord", {"ntp": "t"}), "There is no profile 'pord'. There are prod, stage."),
        (lambda path: editing.remove(path, "pord"), "There is no profile 'pord'"),
        (lambda path: editing.rest_in(path, "usb"), "one of keyring, file, memory"),
    ],
)
def test_a_name_that_does_not_fit_is_told(path: Path, act: object, says: str) -> None:
    with pytest.raises(ProfileError) as caught:
        act(path)  # type: ignore[operator]
    assert says in str(caught.value)
    assert path.read_text(encoding="utf-8") == COMMENTED


ADD_MANY = """\
import sys
from pathlib import Path
from tui401.vault import editing
path, who = Path(sys.argv[1]), sys.argv[2]
for number in range(12):
    editing.add(path, f"{who}{number}", {"origins": f"https://{who}{number}.example"})
"""


def test_two_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", ADD_MANY, str(path), who]) for who in ("left", "right")]
    assert [process.wait(60) for process in running] == [0, 0]
    profiles = load(path)
    assert set(profiles) == {"prod", "stage", *(f"{who}{number}" for who in ("left", "right") for number in range(12))}
    assert sorted(file.name for file in path.parent.iterdir()) == [".config.toml.lock", "config.toml"]


@pytest.mark.skipif(os.name != "posix", reason="a file's size is limited by POSIX means")
def test_a_full_disk_is_told_and_the_file_is_as_it_was(path: Path) -> None:
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tui401.vault import editing\n"
        "from tui401.vault.profiles import ProfileError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n"
        "    editing.amend(Path(sys.argv[1]), 'prod', {'ntp': 'time.example'})\n"
        "except ProfileError as error:\n"
        "    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert "cannot be written: File too large. It is as it was." in ran.stdout
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert sorted(file.name for file in path.parent.iterdir()) == [".config.toml.lock", "config.toml"]
