"""request-signature-invalid and dpop-proof-invalid: requests that prove a key by signing."""

from __future__ import annotations

from typing import Final

from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.verdict import Step

CAUSES: Final = (
    Cause(
        slug="request-signature-invalid",
        step=Step.HEADER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="The request's signature does not match",
        fix="Sign the request as sent; check key, region, date",
        explains=frozenset({"token-unrecognised", "permission-denied"}),
        remedies=(Remedy.PASTE, Remedy.TELL_OWNER),
        manual=Manual(
            what="The request is signed, and the server computes another signature over what arrived.",
            why=(
                "Anything that changes after signing breaks it: a proxy that rewrites a header, another encoding of "
                "the path, a body changed by one byte, a wrong region, a wrong secret."
            ),
            settle=(
                "A signed scheme whose signature the server refuses. A copy sent later is a replay, whose refusal says"
                " nothing of the original."
            ),
            mend=(
                "Compare what was signed with what was sent, byte by byte; many servers print the text they signed. "
                "Check key, region, service and date."
            ),
            example="HTTP/1.1 403\n\n<Code>SignatureDoesNotMatch</Code>",
            references=("RFC 9421, section 3.2",),
        ),
    ),
    Cause(
        slug="dpop-proof-invalid",
        step=Step.HEADER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="The DPoP proof is stale or wrong",
        fix="Make a new proof with this method, URL and nonce",
        explains=frozenset({"sender-constraint-unmet", "token-unrecognised"}),
        remedies=(Remedy.PASTE,),
        manual=Manual(
            what="The request carries a DPoP proof, and the server does not accept it.",
            why=(
                "A proof holds for one method, one address and a short time, and servers may ask for a nonce of theirs"
                " inside. A proof used twice is a replay."
            ),
            settle="The challenge says invalid_dpop_proof or use_dpop_nonce, or the server says so.",
            mend="Make a new proof for exactly this method and address, with the nonce from the DPoP-Nonce header.",
            example='HTTP/1.1 401\nWWW-Authenticate: DPoP error="use_dpop_nonce"\nDPoP-Nonce: eyJ7S_zG…',
            references=("RFC 9449, sections 4.3 and 8",),
        ),
    ),
)
