"""What reached the practice world's token endpoint."""

from __future__ import annotations

from typing import Any


def for_tokens(world: Any) -> list[Any]:
    """The requests for a token; a look whether the endpoint is up asks for none."""
    return [
        record for record in world.requests.issuer if record.method == "POST" and record.target.startswith("/token")
    ]
