"""client-certificate-required: the server wants the caller to prove itself by TLS (RFC 8446, RFC 8705)."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import not_applicable, quoted, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "client-certificate-required"
_ALERTS: Final = (
    "wants a client certificate",
    "refuses the client certificate",
    "refuses this client certificate",
    "does not know the CA of the client certificate",
    "refuses the kind of client certificate",
)
"""What an alert of the server says beyond doubt; the client's own sentences on it (``tui401.probes.tls``)."""
_MAYBE: Final = ("may want a client certificate", "or it wants a client certificate", "refuses the certificate")

_ASKED: Final = "in the TLS handshake the server asked for one"


def judge(facts: Facts) -> Verdict:
    """A TLS alert asks for one or refuses the one that was shown; else the server's words decide.

    A server that asks for one in the handshake may do without; that none was shown is a defect of the request where
    the server's words agree.
    """
    told = facts.says(SLUG)
    shown = any(c.place is Place.CERTIFICATE for c in facts.credentials)
    cites = ("credential", "credential.none", "certificate", *((told.fact,) if told is not None else ()))
    sent = "one was shown" if shown else "none was shown"
    failure = facts.answer.failure if facts.answer is not None else None
    if failure is not None and failure.kind == "tls":
        if any(words in failure.says for words in _ALERTS):
            return verdict(SLUG, Strength.CONFIRMED, failure.says, sent, cites=cites)
        if any(words in failure.says for words in _MAYBE):
            return verdict(SLUG, Strength.LIKELY if not shown else Strength.POSSIBLE, failure.says, sent, cites=cites)
    hop = facts.answer.hops[-1] if facts.answer is not None and facts.answer.hops else None
    lacking = hop is not None and hop.certificate_asked and not shown
    if told is None:
        if facts.request.url.startswith("http:"):
            return not_applicable(SLUG, "no certificate is shown without TLS")
        if not lacking or not (facts.refused or _hung_up(facts)):
            return unknown(SLUG, "", "nothing asks for a client certificate")
        alone = facts.credential is None and not facts.challenges and not _named_otherwise(facts)
        return verdict(SLUG, Strength.LIKELY if alone else Strength.POSSIBLE, _ASKED, sent, cites=cites)
    strength = Strength.CONFIRMED if lacking and told.strength >= Strength.LIKELY else told.strength
    return verdict(SLUG, strength, quoted(told), _ASKED if lacking else "", sent, cites=cites)


def _hung_up(facts: Facts) -> bool:
    """Whether the server took the request and ended the connection without an answer."""
    return facts.answer is not None and facts.answer.failure is not None and facts.answer.failure.kind == "protocol"


def _named_otherwise(facts: Facts) -> bool:
    """Whether the server gives another reason; that a gateway's rule refused it says nothing of what the rule asks."""
    return any(s.strength >= Strength.LIKELY and s.cause not in CAUSE.explains for s in facts.said)


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.SERVER,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="A client certificate is missing, expired or not trusted",
    fix="Send a valid certificate",
    explains=frozenset({"permission-denied", "header-missing", "gateway-rejected"}),
    remedies=(Remedy.TELL_OWNER,),
    judge=judge,
    manual=Manual(
        what="The server wants the caller to prove itself by a TLS client certificate as well, or instead.",
        why=(
            "The certificate was not given to the client, has expired, or comes from a CA that the server does not"
            " trust."
        ),
        settle="The TLS alert or the answer asks for a certificate, or the one sent is expired or from another CA.",
        mend="Send a valid certificate with its key (curl --cert, --key) and check its end of validity.",
        example="HTTP/1.1 400\n\n400 No required SSL certificate was sent",
        references=("RFC 8446, section 4.3.2", "RFC 8705"),
    ),
)
