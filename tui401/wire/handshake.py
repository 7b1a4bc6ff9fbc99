"""What a message of Negotiate or NTLM is: the opening, the proof, a ticket. Nothing in it is verified. Total.

RFC 4559 (Negotiate over HTTP), RFC 4178 (SPNEGO), MS-NLMP section 2.2.1 (NTLM's three messages).
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

OPENING = "ntlm-opening"
"""NTLM's first message: what the client can do, and nothing of who it is."""
PROOF = "ntlm-proof"
"""NTLM's third message: the answer to the server's challenge, made from the password."""
TICKET = "ticket"
"""A Kerberos ticket, alone or inside SPNEGO."""

_READ: Final = 4096  # characters of the message; what it is stands at its beginning
_NTLM: Final = b"NTLMSSP\x00"
_KINDS: Final = {1: OPENING, 3: PROOF}
_KERBEROS: Final = (bytes.fromhex("2a864886f712010202"), bytes.fromhex("2a864882f712010202"))


def kind(message: str) -> str:
    """``OPENING``, ``PROOF`` or ``TICKET``; "" for what is none of them or cannot be told.

    Args:
        message: The value behind the scheme, base64.
    """
    text = message.strip()[:_READ]
    try:
        raw = base64.b64decode(text[: len(text) // 4 * 4], validate=True)
    except (binascii.Error, ValueError):
        return ""
    at = raw.find(_NTLM)  # NTLM travels alone or inside SPNEGO
    if at >= 0:
        number = raw[at + len(_NTLM) : at + len(_NTLM) + 4]
        return _KINDS.get(int.from_bytes(number, "little"), "")
    return TICKET if any(mechanism in raw for mechanism in _KERBEROS) else ""
