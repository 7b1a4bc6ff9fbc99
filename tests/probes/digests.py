"""Whether a Digest answer proves a password, by the arithmetic of RFC 7616, section 3.4.1, with MD5 and qop=auth."""

from __future__ import annotations

import re
from hashlib import md5


def proves(value: str, *, whose: str, call: str) -> bool:
    """Whether the value of an Authorization line is the right proof.

    Args:
        value: The value; without a Digest answer in it nothing is proved.
        whose: ``user:realm:password``.
        call: ``METHOD:target``.
    """
    said = dict(re.findall(r'(\w+)="?([^",]+)"?', value.partition(" ")[2]))
    first, second = (md5(text.encode()).hexdigest() for text in (whose, call))
    parts = (first, *(said.get(name, "") for name in ("nonce", "nc", "cnonce", "qop")), second)
    return said.get("response") == md5(":".join(parts).encode()).hexdigest()
