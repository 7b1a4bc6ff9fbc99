"""TLS as the operating system trusts it, or as the command says; and sentences for when it fails."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import weakref
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

from tui401.model.http import Failure, FailureKind, Peer, Transport
from tui401.probes.failures import no_answer, quoted
from tui401.threads import in_daemon

_FILES_LIMIT: Final = 5.0  # seconds; a certificate file may be a pipe that nobody writes
_LOOK_LIMIT: Final = 2.0

# OpenSSL's verification results (openssl/x509_vfy.h).
_NOT_YET, _EXPIRED = 9, 10
_SELF_SIGNED, _SELF_SIGNED_CA = 18, 19
_NO_ISSUER = frozenset({2, 20, 21, 27})
_REVOKED = 23
_WRONG_NAME = frozenset({62, 64})

# Alerts by which a server says that it wants another client certificate (RFC 8446, section 6).
_CERTIFICATE_ALERTS: Final = {
    "CERTIFICATE_REQUIRED": "wants a client certificate",
    "BAD_CERTIFICATE": "refuses the client certificate as damaged",
    "CERTIFICATE_EXPIRED": "refuses the client certificate as expired",
    "CERTIFICATE_REVOKED": "refuses the client certificate as revoked",
    "CERTIFICATE_UNKNOWN": "refuses the certificate",
    "UNSUPPORTED_CERTIFICATE": "refuses the kind of client certificate",
    "UNKNOWN_CA": "does not know the CA of the client certificate",
    "ACCESS_DENIED": "refuses this client certificate",
}

# Contexts by which a server asked for a client certificate: one context serves one request.
_asked: weakref.WeakSet[ssl.SSLContext] = weakref.WeakSet()
_FROM_SERVER, _HANDSHAKE, _CERTIFICATE_REQUEST = "read", 22, 13  # RFC 8446, appendix B.3


async def context_for(transport: Transport) -> ssl.SSLContext:
    """The TLS settings of a transport.

    Raises:
        NoAnswerError: A file of the command cannot be read or used; the sentence names it.
    """
    try:
        return await in_daemon(lambda: _build(transport), limit=_FILES_LIMIT, name="tui401-tls-files")
    except TimeoutError:
        raise no_answer(
            FailureKind.TLS,
            f"Reading the certificate files took longer than {_FILES_LIMIT:g} s. Name plain files, not pipes.",
        ) from None


def _build(transport: Transport) -> ssl.SSLContext:
    context: ssl.SSLContext
    if not transport.verify:
        context = _unverified()
    elif transport.ca_file is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(transport.ca_file)
        except (OSError, ValueError) as error:
            raise no_answer(
                FailureKind.TLS,
                f"The CA file {quoted(transport.ca_file)} cannot be used ({_reason(error)})."
                " Give --cacert a PEM file of CA certificates.",
            ) from None
    else:
        import truststore  # noqa: PLC0415 - 20 ms that a request without TLS does not need

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if transport.cert_file is not None:
        _load_client_certificate(context, transport)
    _listen(context)
    return context


def _listen(context: ssl.SSLContext) -> None:
    """Notes whether the server asks for a client certificate: what it then refuses may be refused for the lack of one.

    The TLS library tells of it by this hook alone, which is not public; where it is gone, nothing is noted.
    """
    inner: Any = getattr(context, "_ctx", context)  # truststore keeps the library's own inside

    def heard(_conn: object, direction: str, _version: object, content: int, message: int, _data: bytes) -> None:
        if direction == _FROM_SERVER and content == _HANDSHAKE and message == _CERTIFICATE_REQUEST:
            _asked.add(inner)

    if hasattr(inner, "_msg_callback"):
        inner._msg_callback = heard  # noqa: SLF001 - see above


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _load_client_certificate(context: ssl.SSLContext, transport: Transport) -> None:
    asked: list[bool] = []

    def passphrase() -> str:
        asked.append(True)  # without a callback OpenSSL would ask on the terminal
        return transport.key_password.reveal() if transport.key_password else ""

    try:
        context.load_cert_chain(transport.cert_file or "", transport.key_file, passphrase)
    except (OSError, ValueError) as error:
        if asked and not transport.key_password:
            reason = "its key is encrypted; give the passphrase as --cert FILE:PASSPHRASE"
        elif asked:
            reason = "the passphrase does not open its key"
        else:
            reason = _reason(error)
        files = " and ".join(quoted(f) for f in (transport.cert_file, transport.key_file) if f)
        raise no_answer(
            FailureKind.TLS,
            f"The client certificate {files} cannot be used ({reason}). Give --cert and --key PEM files that match.",
        ) from None


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return quoted((error.reason or "no PEM certificate in it").replace("_", " ").lower())
    if isinstance(error, OSError) and error.strerror:
        return quoted(error.strerror)
    return quoted(error)


def peer_of(stream: Any, address: str) -> Peer:
    """Who is at the other end of a network stream, as far as it tells."""
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    if tls is None:
        return Peer(address=address)
    subject, issuer, _, not_after = _certificate(tls.getpeercert(binary_form=True))
    return Peer(address, tls.version() or "", subject, issuer, not_after, tls.context in _asked)


def _certificate(der: bytes | None) -> tuple[str, str, float | None, float | None]:
    """Subject, issuer, first and last second of a certificate; empty where it cannot be read."""
    if not der:
        return "", "", None, None
    from cryptography import x509  # noqa: PLC0415 - only where there is a certificate to read

    try:
        certificate = x509.load_der_x509_certificate(der)
        return (
            quoted(certificate.subject.rfc4514_string()),
            quoted(certificate.issuer.rfc4514_string()),
            certificate.not_valid_before_utc.timestamp(),
            certificate.not_valid_after_utc.timestamp(),
        )
    except Exception:  # noqa: BLE001 - a foreign certificate may be odd in any way; what it says is an extra
        return "", "", None, None


async def failure_of(error: ssl.SSLError, where: str, host: str, address: str, port: int) -> Failure:
    """A handshake that failed, as a sentence: which certificate, why, and how to name a CA.

    The certificate of a refused handshake is not handed out by the TLS library, so it is looked at in a second
    handshake, in which nothing is sent.

    Args:
        error: What was raised.
        where: The server, for a person.
        host: The name to ask for.
        address: The address that was connected to; "" when it is behind a proxy and cannot be asked again.
        port: Its port.
    """
    if not isinstance(error, ssl.SSLCertVerificationError):
        return Failure(FailureKind.TLS, of_handshake(error, where))
    der = await _look(host, address, port) if address else None
    subject, issuer, not_before, not_after = _certificate(der)
    code = getattr(error, "verify_code", 0)
    ca = "If you trust who made it, name its CA with --cacert FILE."
    if code == _EXPIRED:
        why, do = "has expired", "Have it renewed; check this machine's clock too."
    elif code == _NOT_YET:
        why, do = "is not valid yet", "Check this machine's clock."
    elif code == _SELF_SIGNED:
        why, do = "is self-signed", "If you trust it, give it as --cacert FILE."
    elif code == _SELF_SIGNED_CA:
        why, do = "comes from a CA that this machine does not trust (its root is self-signed)", ca
    elif code in _NO_ISSUER:
        why, do = "comes from a CA that this machine does not know", ca
    elif code == _REVOKED:
        why, do = "was revoked", "Tell the server's owner."
    elif code in _WRONG_NAME:
        why, do = f"is not for the name {quoted(host)}", "Check the address, and who answers there."
    else:
        why, do = f"was not accepted ({quoted(error.verify_message or error.reason)})", ca
    parts = [f"subject {subject}" if subject else "", f"issued by {issuer}" if issuer else ""]
    if not_before is not None and not_after is not None:
        parts.append(f"valid from {_day(not_before)} to {_day(not_after)}")
    seen = "; ".join(part for part in parts if part)
    return Failure(FailureKind.TLS, f"The certificate of {where} {why}{f' ({seen})' if seen else ''}. {do}")


def of_handshake(error: ssl.SSLError, where: str) -> str:
    """The sentence for a TLS failure that is not about the server's certificate."""
    reason = (error.reason or "").upper()
    for alert, says in _CERTIFICATE_ALERTS.items():
        if reason.endswith(alert):
            return f"{where} {says}, and ended the TLS connection. Give one that it trusts with --cert and --key."
    if "WRONG_VERSION_NUMBER" in reason or "HTTP_REQUEST" in reason:
        return f"{where} does not speak TLS there. Check the port, or whether the address begins with http://."
    if "UNRECOGNIZED_NAME" in reason:
        return f"{where} knows no host of that name. Check the address."
    if "HANDSHAKE_FAILURE" in reason or "PROTOCOL_VERSION" in reason or "UNSUPPORTED_PROTOCOL" in reason:
        return f"{where} and this machine have no TLS version or cipher in common, or it wants a client certificate."
    words = quoted((error.reason or error.strerror or "the connection broke off").replace("_", " ").lower())
    return f"TLS with {where} failed ({words}). Check the port, and what stands between."


async def complaint(where: str, host: str, address: str, port: int) -> str:
    """Why a server ends a connection after a handshake in which we showed nothing and sent nothing, as a sentence.

    In TLS 1.3 a server that wants a client certificate says so only after the handshake, and the alert is lost where
    a request is on its way already. Some say nothing at all and just hang up. "" where it waits for a request, as it
    should.
    """
    try:
        async with asyncio.timeout(_LOOK_LIMIT), _greeted(host, address, port) as (reader, _):
            if await reader.read(1):
                return ""
    except ssl.SSLError as error:
        return of_handshake(error, where)
    except ConnectionError:
        pass
    except (OSError, ValueError, TimeoutError):
        return ""
    return (
        f"{where} ended the connection right after the TLS handshake, before it was asked anything."
        " It may want a client certificate: give one with --cert and --key."
    )


async def _look(host: str, address: str, port: int) -> bytes | None:
    """The certificate that a server shows, whatever it is worth."""
    try:
        async with asyncio.timeout(_LOOK_LIMIT), _greeted(host, address, port) as (_, writer):
            tls = writer.get_extra_info("ssl_object")
            return tls.getpeercert(binary_form=True) if tls is not None else None
    except (OSError, ValueError, TimeoutError):
        return None


@contextlib.asynccontextmanager
async def _greeted(
    host: str, address: str, port: int
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(address, port, ssl=_unverified(), server_hostname=host)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
