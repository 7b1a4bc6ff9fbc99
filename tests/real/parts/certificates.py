"""Certificates for servers on loopback: a CA, a server's, and clients' in and out of date, made anew for each run."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A certificate and its key, as PEM files; `both` holds the two in one, as HAProxy wants them."""

    certificate: Path
    key: Path
    both: Path

    @property
    def shown(self) -> tuple[str, ...]:
        """The options of curl that show it."""
        return ("--cert", str(self.certificate), "--key", str(self.key))


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """What a server that wants client certificates needs, and what clients may bring.

    Attributes:
        authority: The CA's certificate.
        server: For 127.0.0.1.
        client: In date, by that CA.
        past: By that CA, and over since yesterday.
        stranger: By a CA that the server does not know.
    """

    authority: Path
    server: Pair
    client: Pair
    past: Pair
    stranger: Pair

    def get(self, url: str, pair: Pair | None = None) -> tuple[str, ...]:
        """The curl command of a GET that trusts the server, with a certificate of the client or none."""
        return ("curl", url, "--cacert", str(self.authority), *(pair.shown if pair is not None else ()))


@dataclass(frozen=True)
class _Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_certificates(folder: Path) -> Certificates:
    """All of them, written into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs = _authority("Orders Test CA"), _authority("Another Test CA")
    authority = folder / "ca.pem"
    authority.write_bytes(ours.certificate.public_bytes(serialization.Encoding.PEM))
    return Certificates(
        authority=authority,
        server=_pair(folder, "server", ours),
        client=_pair(folder, "client", ours),
        past=_pair(folder, "past", ours, until=-DAY),
        stranger=_pair(folder, "stranger", theirs),
    )


def _authority(name: str) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = _builder(subject, subject, key, until=30 * DAY).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return _Authority(made.sign(key, hashes.SHA256()), key)


def _pair(folder: Path, name: str, by: _Authority, *, until: dt.timedelta = 30 * DAY) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    loopback = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    )
    made = _builder(subject, by.certificate.subject, key, until=until).add_extension(loopback, critical=False)
    certificate = made.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pair = Pair(certificate=folder / f"{name}.pem", key=folder / f"{name}.key", both=folder / f"{name}.both.pem")
    pair.certificate.write_bytes(certificate)
    pair.key.write_bytes(secret)
    pair.both.write_bytes(certificate + secret)
    return pair


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, until: dt.timedelta
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(now + until)
    )
