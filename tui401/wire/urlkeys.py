"""Keys that stand in the path of an address: bots, webhooks, node providers, session parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_MAX_PATH: Final = 65_536

# Each alternative has one group, the key; its name says what it opens.
_KEYS: Final = re.compile(
    r"/bot(?P<bot_token>\d{3,20}(?::|%3[Aa])[A-Za-z0-9_%-]{6,}+)"
    r"|/(?:services|workflows|triggers)/(?P<webhook>T[A-Z0-9]{3,}/[AB]?[A-Za-z0-9]{3,}/[A-Za-z0-9/_-]{6,}+)"
    r"|/webhooks?/(?:\d{5,}|[A-Za-z0-9_-]{6,40})/(?P<webhook_token>[A-Za-z0-9_.-]{8,}+)"
    r"|/hooks/(?:catch/)?[A-Za-z0-9_-]{1,40}/(?P<hook_key>[A-Za-z0-9_-]{4,}+)"
    r"|/hooks/(?P<hook>[A-Za-z0-9_-]{16,}+)(?=[/;]|\Z)"
    r"|/webhookb2/(?P<connector>[A-Za-z0-9@/_-]{20,}+)"
    r"|/with/key/(?P<service_key>[A-Za-z0-9_-]{8,}+)"
    r"|/(?:token|key|apikey|api_key|api-key|secret|access_token|auth|t)[/=](?P<key>[A-Za-z0-9_.~%-]{16,}+)(?=[/;]|\Z)"
    r"|;(?:jsessionid|phpsessid|sid|session|sessionid|token|key)=(?P<session>[^/;?#]++)"
    r"|/s/(?P<shared>[A-Za-z0-9_-]{40,}+)(?=[/;]|\Z)",
    re.IGNORECASE,
)
_NODE_HOST: Final = re.compile(
    r"(?:^|\.)(?:infura\.io|alchemy\.com|alchemyapi\.io|quiknode\.pro|ankr\.com|chainstack\.com|getblock\.io|drpc\.org)$"
)
_NODE_KEY: Final = re.compile(r"/(?:v\d/)?(?P<project_key>[A-Za-z0-9_-]{20,}+)(?=[/;]|\Z)")


def path_keys(path: str, host: str = "") -> Iterator[tuple[str, int, int]]:
    """The keys of a path.

    Args:
        path: The path as it stands in the address, without query and fragment.
        host: Its host, where it is known: some providers put a key where others have a plain name.

    Yields:
        A name of the place, the offset of the key in the path and the one behind it; in order, not overlapping.
    """
    patterns = [_KEYS, _NODE_KEY] if _NODE_HOST.search(host.lower()) else [_KEYS]
    covered = 0
    for pattern in patterns:
        for found in pattern.finditer(path[:_MAX_PATH]):
            name = found.lastgroup or "key"
            start, end = found.span(name)
            if pattern is _KEYS or start >= covered:
                covered = max(covered, end)
                yield name, start, end
