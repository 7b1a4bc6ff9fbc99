"""How a machine keeps its time, and the command that mends it, on each system as its own tools tell it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui401.probes.machine import System, look

SYSTEMD = "Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=no\n"


def seen(
    platform: str, root: Path, outputs: dict[str, str] | None = None, *, kernel: bool | None = None
) -> tuple[bool | None, str, str]:
    """Whether it is in step, the service, and the command."""
    found = look(System(platform, root, lambda command: (outputs or {}).get(Path(command[0]).name, ""), lambda: kernel))
    return found.synchronised, found.service, found.command


@pytest.mark.parametrize(
    ("show", "service", "command"),
    [
        (SYSTEMD, "systemd-timesyncd", "sudo systemctl restart systemd-timesyncd"),
        (SYSTEMD.replace("NTP=yes", "NTP=no"), "none: time synchronisation is off", "sudo timedatectl set-ntp true"),
        (
            SYSTEMD.replace("CanNTP=yes", "CanNTP=no"),
            "none: no time service is installed",
            "sudo apt-get install chrony",
        ),
    ],
)
def test_linux_with_systemd(show: str, service: str, command: str, tmp_path: Path) -> None:
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    assert seen("linux", tmp_path, {"timedatectl": show}) == (False, service, command)


def test_linux_with_a_chrony_that_has_lost_its_servers(tmp_path: Path) -> None:
    told = {"chronyc": "Reference ID : 00000000\nLeap status     : Not synchronised\n"}
    assert seen("linux", tmp_path, told, kernel=True) == (False, "chrony", "sudo chronyc makestep")


def test_linux_inside_windows_takes_the_time_of_its_host(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/version").write_text("Linux version 5.15.90.1-microsoft-standard-WSL2\n")
    assert seen("linux", tmp_path, kernel=False) == (False, "Windows, since this is WSL", "sudo hwclock --hctosys")


def test_linux_with_ntpd(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/ntpd.pid").write_text("1\n")
    assert seen("linux", tmp_path, kernel=True) == (True, "ntpd", "sudo ntpd -gq")


def test_linux_without_any_known_service_still_has_a_command(tmp_path: Path) -> None:
    assert seen("linux", tmp_path) == (None, "", "sudo chronyd -q")


@pytest.mark.parametrize(
    ("told", "configured", "expected"),
    [
        ("Network Time: On\n", "server time.apple.com\n", (True, "timed", "sudo sntp -sS time.apple.com")),
        ("Network Time: On\n", "server time.corp.example\n", (True, "timed", "sudo sntp -sS time.corp.example")),
        ("Network Time: On\n", "server $(reboot)\n", (True, "timed", "sudo sntp -sS time.apple.com")),
        ("Network Time: Off\n", "", (False, "timed", "sudo systemsetup -setusingnetworktime on")),
        ("You need administrator access\n", "", (None, "timed", "sudo sntp -sS time.apple.com")),
    ],
)
def test_macos(told: str, configured: str, expected: tuple[bool | None, str, str], tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/ntp.conf").write_text(configured)
    assert seen("darwin", tmp_path, {"systemsetup": told}) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (
            "Leap Indicator: 0(no warning)\nSource: time.windows.com,0x8\n",
            (True, "w32time (time.windows.com,0x8)", "w32tm /resync"),
        ),
        (
            "Leap Indicator: 3(not synchronized)\nSource: Free-running System Clock\n",
            (False, "w32time (Free-running System Clock)", "w32tm /resync"),
        ),
        ("Leap Indicator: 0\nSource: Local CMOS Clock\n", (False, "w32time (Local CMOS Clock)", "w32tm /resync")),
        ("", (None, "w32time", "net start w32time && w32tm /resync")),
    ],
)
def test_windows(status: str, expected: tuple[bool | None, str, str], tmp_path: Path) -> None:
    assert seen("win32", tmp_path, {"w32tm": status}) == expected


def test_an_unknown_system_claims_nothing(tmp_path: Path) -> None:
    assert seen("plan9", tmp_path) == (None, "", "")
