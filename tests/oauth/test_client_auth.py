from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.oauth.issuing import SECRET, Issuer, decoded, gives, issuing, refuses
from tests.probes.server import Authority
from tui401.model import saved
from tui401.model.names import Names
from tui401.oauth import client_credentials, introspect, revoke
from tui401.oauth.answers import Granted
from tui401.probes.send import Client

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


def pem(key: Key, password: bytes = b"") -> bytes:
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


def written(folder: Path, data: bytes) -> str:
    path = folder / "key.pem"
    path.write_bytes(data)
    return str(path)


async def asked(client: Client, issuer: Issuer, *, metadata: dict[str, Any] | None = None, **known: Any) -> Granted:
    return await client_credentials.request(
        client,
        issuer.metadata(**(metadata or {})),
        issuer.known(**known),
        audience="",
        scopes=(),
        names=Names(),
    )


@pytest.mark.parametrize(
    ("key", "announced", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), (), "ES256"),
        (ec.generate_private_key(ec.SECP384R1()), (), "ES384"),
        (ed25519.Ed25519PrivateKey.generate(), (), "EdDSA"),
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), (), "RS256"),
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), ("ES256", "PS256"), "PS256"),
    ],
    ids=["P-256", "P-384", "Ed25519", "RSA", "RSA where PS256 is taken"],
)
async def test_an_assertion_is_signed_with_the_clients_key(
    client: Client, tmp_path: Path, key: Key, announced: tuple[str, ...], algorithm: str
) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        granted = await asked(
            client,
            issuer,
            metadata={"auth_algorithms": announced},
            private_key=written(tmp_path, pem(key)),
            key_id="k-1",
        )
        (form,) = issuer.asked()
    assert granted.seen.ok
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    claims = jwt.decode(form["client_assertion"], key.public_key(), [algorithm], audience=issuer.address)
    assert (claims["iss"], claims["sub"]) == ("cli", "cli")
    assert 0 < claims["exp"] - claims["iat"] <= 60
    assert decoded(form["client_assertion"])[0]["kid"] == "k-1"
    assert form["client_assertion"].rpartition(".")[2][:12] not in saved.encode(granted.seen).decode()


async def test_where_the_issuers_name_is_refused_the_token_endpoint_is_named_once(
    client: Client, tmp_path: Path
) -> None:
    key = written(tmp_path, pem(ec.generate_private_key(ec.SECP256R1())))
    async with issuing({"/token": [refuses("invalid_client", status="401 Unauthorized"), gives()]}) as issuer:
        granted = await asked(client, issuer, private_key=key)
        told = [decoded(form["client_assertion"])[1] for form in issuer.asked()]
    assert granted.seen.ok
    assert [claims["aud"] for claims in told] == [issuer.address, f"{issuer.address}/token"]
    assert len({claims["jti"] for claims in told}) == 2


async def test_a_token_endpoint_elsewhere_is_never_what_an_assertion_is_made_out_to(
    client: Client, tmp_path: Path
) -> None:
    key = written(tmp_path, pem(ec.generate_private_key(ec.SECP256R1())))
    refusal = refuses("invalid_client", status="401 Unauthorized")
    async with issuing({"/token": [refusal]}) as issuer, issuing({"/token": [refusal]}) as other:
        await asked(client, issuer, metadata={"token_endpoint": f"{other.address}/token"}, private_key=key)
        told = [decoded(form["client_assertion"])[1]["aud"] for form in other.asked()]
    assert told == [issuer.address]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "cannot be read"),
        (b"nonsense", "holds no private key"),
        (pem(ec.generate_private_key(ec.SECP256R1()), b"locked"), "passphrase"),
        (b"-" * 70_000, "larger than a key"),
        (pem(ec.generate_private_key(ec.SECP521R1())), "cannot sign by what"),
    ],
    ids=["missing", "nonsense", "locked", "large", "another algorithm"],
)
async def test_a_key_that_cannot_be_used_is_a_sentence_and_nothing_is_sent(
    client: Client, tmp_path: Path, data: bytes | None, says: str
) -> None:
    path = written(tmp_path, data) if data is not None else str(tmp_path / "none.pem")
    async with issuing({"/token": [gives()]}) as issuer:
        granted = await asked(client, issuer, metadata={"auth_algorithms": ("ES256",)}, private_key=path)
        known = issuer.known(private_key=path)
        metadata = issuer.metadata(auth_algorithms=("ES256",))
        seen = await introspect.request(client, metadata, known, SECRET, names=Names())
        revoked = await revoke.request(client, metadata, known, SECRET, names=Names())
        assert not issuer.server.arrived
    for problem in (granted.seen.problem, seen.problem, revoked.problem):
        assert says in problem


async def test_a_certificate_beside_the_key_is_named_by_its_thumbprint(client: Client, tmp_path: Path) -> None:
    certificate = Authority.make(tmp_path / "ca").certificate.public_bytes(Encoding.PEM)
    key = written(tmp_path, pem(ec.generate_private_key(ec.SECP256R1())) + certificate)
    async with issuing({"/token": [gives()]}) as issuer:
        await asked(client, issuer, private_key=key)
        header, _ = decoded(issuer.asked()[0]["client_assertion"])
    assert len(header["x5t#S256"]) == 43


async def test_a_method_that_is_named_outranks_what_is_announced(client: Client) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        announced = {"auth_methods": ("client_secret_basic",)}
        await asked(client, issuer, metadata=announced, client_secret=SECRET, client_auth="client_secret_post")
        await asked(client, issuer, metadata=announced, client_secret=SECRET, client_auth="client_secret_jwt")
        first, second = issuer.asked()
        assert not any(one.values("authorization") for one in issuer.server.arrived)
    assert first["client_secret"] == SECRET.reveal()
    assert "client_secret" not in second
    assert jwt.decode(second["client_assertion"], SECRET.reveal(), ["HS256"], audience=issuer.address)["sub"] == "cli"


async def test_a_method_without_what_it_takes_is_a_sentence(client: Client) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        for method in ("client_secret_post", "private_key_jwt", "something_new"):
            granted = await asked(client, issuer, client_auth=method)
            assert "is to prove itself by" in granted.seen.problem
        assert not issuer.server.arrived
