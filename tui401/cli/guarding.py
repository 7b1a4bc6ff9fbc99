"""A request looked at before it is sent: gathers what the guard judges, and sends nothing to anybody."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tui401.judge.guard import Certificate, Finding, Wish, guard
from tui401.model.case import Known
from tui401.model.http import From, Header, Origin, Provenance, Request
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import ClockSeen, Content, Evidence, IntakeSeen, RequestShown, RequirementsSeen, kind_of
from tui401.wire import redact
from tui401.wire.visible import visible

_MAX_CERTIFICATE: Final = 1 << 20  # bytes


def check(
    request: Request,
    known: Known,
    wish: Wish,
    *,
    notes: IntakeSeen | None = None,
    required: RequirementsSeen | None = None,
    clocks: Sequence[ClockSeen] = (),
) -> tuple[RequestShown, tuple[Finding, ...]]:
    """What the guard says of a request.

    Args:
        request: The one that would be sent.
        known: What a profile or options say of its surroundings.
        wish: What is wanted beyond.
        notes: What was noticed while reading it.
        required: What the API's description requires.
        clocks: Those that were asked; none means this machine's own.

    Returns:
        The request as it may be seen, and one finding a check.
    """
    names, now = Names(), time.time()
    shown = redact.request(request, names)
    contents: list[tuple[Content, str]] = [
        (notes or IntakeSeen(), "case"),
        (known.shown(), "case"),
        (redact.credentials(request, names), "attempt:1"),
        *((clock, "machine") for clock in clocks),
        *([(required, "attempt:1")] if required is not None else []),
    ]
    evidence = [Evidence(kind=kind_of(one), subject=about, content=one, at=now, by="guard") for one, about in contents]
    return shown, guard(evidence, shown, wish)


def bearing(origin: Origin, credential: Secret[str], *, method: str = "GET", target: str = "/") -> Request:
    """A request that carries a profile's credential as a Bearer token, for judging it where nobody wrote one."""
    value = Secret(f"Bearer {credential.reveal()}")
    header = Header("Authorization", value, Provenance(From.KEYRING, "the vault"))
    return Request(method=method, origin=origin, target=Secret(target), headers=(header,))


def certificate_of(file: str | None) -> Certificate | None:
    """The dates of a client certificate, PEM or DER; None where no file is named."""
    if not file:
        return None
    name = visible(Path(file).name, 80)
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(_MAX_CERTIFICATE)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Certificate(name=name, problem=f"The client certificate {name} cannot be read: {reason}.")
    from cryptography import x509  # noqa: PLC0415 - only where there is a certificate to read

    try:
        pem = b"-----BEGIN CERTIFICATE-----" in data
        read = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
        begins, ends = read.not_valid_before_utc.timestamp(), read.not_valid_after_utc.timestamp()
    except Exception:  # noqa: BLE001 - a foreign certificate may be odd in any way
        return Certificate(name=name, problem=f"{name} holds no client certificate that can be read, PEM or DER.")
    return Certificate(name=name, begins=begins, ends=ends)
