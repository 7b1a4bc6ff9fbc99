"""How this machine keeps its time, and the command that mends it: Linux, macOS, Windows."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.probe import ProbeSpec
from tui401.model.shown import Evidence, MachineSeen, kind_of
from tui401.probes import specs
from tui401.probes.failures import quoted
from tui401.threads import in_daemon

_EACH: Final = 2.0  # seconds for one tool
_MOST: Final = 16_384  # characters of a tool's output
_KEPT: Final = ("PATH", "SYSTEMROOT", "WINDIR", "DBUS_SYSTEM_BUS_ADDRESS")  # a tool needs no more of our environment
_UNSYNCHRONISED: Final = 5  # what adjtimex gives back then (TIME_ERROR)


@dataclass(frozen=True, slots=True)
class System:
    """What there is to ask: separated so that a test can bring another system.

    Attributes:
        platform: As ``sys.platform``.
        root: The file system's root.
        run: Runs a tool and gives its output, "" when it is missing, fails or takes too long.
        kernel: Whether the kernel's clock is kept by anybody; None where it cannot be told.
    """

    platform: str
    root: Path
    run: Callable[[Sequence[str]], str]
    kernel: Callable[[], bool | None]

    def output(self, *command: str) -> str:
        """The output of a tool."""
        return self.run(command)

    def text(self, path: str) -> str:
        """A small file's text, "" when it is not there."""
        try:
            return (self.root / path.lstrip("/")).read_text("utf-8", "replace")[:_MOST]
        except OSError:
            return ""

    def has(self, path: str) -> bool:
        """Whether a path is there."""
        return (self.root / path.lstrip("/")).exists()


def _run(command: Sequence[str]) -> str:
    env = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command of the system's own, no shell, no input from outside
            list(command), capture_output=True, timeout=_EACH, env=env, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return ""
    return done.stdout.decode("utf-8", "replace")[:_MOST] if done.returncode == 0 else ""


def _kernel() -> bool | None:
    """What the kernel says of its own clock (adjtimex(2)), which works in containers too."""
    import ctypes  # noqa: PLC0415 - only on Linux

    try:
        call = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None
    state = call(ctypes.create_string_buffer(512))  # struct timex is 208 bytes; all zero reads and changes nothing
    return None if state < 0 else state != _UNSYNCHRONISED


def here() -> System:
    """This machine."""
    return System(sys.platform, Path("/"), _run, _kernel)


def look(system: System) -> MachineSeen:
    """What can be told of a machine's time keeping. Blocking: run it in a thread."""
    if system.platform.startswith("linux"):
        return _linux(system)
    if system.platform == "darwin":
        return _macos(system)
    if system.platform == "win32":
        return _windows(system)
    return MachineSeen(system=system.platform, timezone=_zone_of_process())


def _linux(system: System) -> MachineSeen:
    kernel = system.kernel()
    shown = _pairs(system.output("timedatectl", "show")) if system.has("/run/systemd/system") else {}
    zone = shown.get("Timezone") or _zone_of_files(system) or _zone_of_process()
    local = {"yes": True, "no": False}.get(shown.get("LocalRTC", ""))
    if local is None:
        third = system.text("/etc/adjtime").splitlines()[2:3]
        local = third[0].strip() == "LOCAL" if third else None
    synchronised = {"yes": True, "no": False}.get(shown.get("NTPSynchronized", ""), kernel)
    chrony = system.output("chronyc", "-n", "tracking")
    if "Leap status" in chrony:
        synchronised = "Not synchronised" not in chrony
        service, command = "chrony", "sudo chronyc makestep"
    elif "microsoft" in system.text("/proc/version").lower():
        service, command = "Windows, since this is WSL", "sudo hwclock --hctosys"
    elif any(system.has(mark) for mark in ("/.dockerenv", "/run/.containerenv")) and not shown:
        service, command = "the host, since this is a container", ""
    elif shown.get("NTP") == "no":
        service, command = "none: time synchronisation is off", "sudo timedatectl set-ntp true"
    elif shown:
        service, command = "systemd-timesyncd", "sudo systemctl restart systemd-timesyncd"
        if not system.has("/run/systemd/timesync") and shown.get("CanNTP") == "no":
            service, command = "none: no time service is installed", "sudo apt-get install chrony"
    elif system.has("/run/ntpd.pid") or system.has("/var/run/ntpd.pid"):
        service, command = "ntpd", "sudo ntpd -gq"
    else:
        service, command = "", "sudo chronyd -q"
    return MachineSeen(
        synchronised=synchronised,
        service=service,
        timezone=quoted(zone),
        hardware_clock_local=local,
        command=command,
        system="Linux",
    )


def _macos(system: System) -> MachineSeen:
    told = system.output("/usr/sbin/systemsetup", "-getusingnetworktime").lower()
    on = None if "network time" not in told else told.rstrip().endswith("on")
    server = system.text("/etc/ntp.conf").split()
    name = next((b for a, b in itertools.pairwise(server) if a == "server"), "time.apple.com")
    if on is False:
        command = "sudo systemsetup -setusingnetworktime on"
    else:
        command = (
            f"sudo sntp -sS {name}" if all(c.isalnum() or c in ".-" for c in name) else "sudo sntp -sS time.apple.com"
        )
    return MachineSeen(
        synchronised=on,
        service="timed",
        timezone=quoted(_zone_of_files(system) or _zone_of_process()),
        hardware_clock_local=False,
        command=command,
        system="macOS",
    )


def _windows(system: System) -> MachineSeen:
    status = system.output("w32tm", "/query", "/status")
    lines = _pairs(status, ":")
    source = lines.get("Source", "")
    synchronised: bool | None = None
    if status:
        synchronised = not lines.get("Leap Indicator", "").startswith("3") and "CMOS" not in source
    universal = system.output(
        "reg", "query", r"HKLM\SYSTEM\CurrentControlSet\Control\TimeZoneInformation", "/v", "RealTimeIsUniversal"
    )
    return MachineSeen(
        synchronised=synchronised,
        service=quoted(f"w32time ({source})") if source else "w32time",
        timezone=quoted(system.output("tzutil", "/g").strip() or _zone_of_process()),
        hardware_clock_local="0x1" not in universal,
        command="w32tm /resync" if status else "net start w32time && w32tm /resync",
        system="Windows",
    )


def _pairs(text: str, sign: str = "=") -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, mark, value = line.partition(sign)
        if mark:
            found.setdefault(key.strip(), value.strip())
    return found


def _zone_of_files(system: System) -> str:
    named = system.text("/etc/timezone").strip()
    if named:
        return named
    try:
        to = str((system.root / "etc/localtime").readlink())
    except OSError:
        return ""
    return to.partition("zoneinfo/")[2]


def _zone_of_process() -> str:
    return os.environ.get("TZ", "") or "/".join(dict.fromkeys(time.tzname))


@dataclass(frozen=True, slots=True)
class MachineGatherer:
    """Looks at this machine's time keeping."""

    spec: ProbeSpec = specs.MACHINE

    async def run(self, case: Case, facts: Facts) -> Sequence[Evidence]:  # noqa: ARG002 - the shape of every gatherer
        """What was found; nothing where the system's tools hang."""
        try:
            seen = await in_daemon(lambda: look(here()), limit=self.spec.limit - 0.5, name="tui401-machine")
        except TimeoutError:
            seen = MachineSeen(system=sys.platform, timezone=quoted(_zone_of_process()))
        return (Evidence(kind=kind_of(seen), subject="machine", content=seen, at=time.time(), by="machine"),)
