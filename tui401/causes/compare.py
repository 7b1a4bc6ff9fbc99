"""Values that should be equal: how they differ, for a person."""

from __future__ import annotations

from urllib.parse import urlsplit


def near_miss(provided: str, expected: str) -> str:
    """What is almost equal: "only the trailing slash differs"; "" for equal values and for real differences."""
    if provided == expected or not provided or not expected:
        return ""
    if provided.rstrip("/") == expected.rstrip("/"):
        return "only the trailing slash differs"
    if provided.strip() == expected.strip():
        return "only white space around it differs"
    if provided.lower() == expected.lower():
        return "only upper and lower case differ"
    one, other = _parts(provided), _parts(expected)
    if one is None or other is None:
        bare = {provided.removeprefix("api://"), expected.removeprefix("api://")}
        return "only the prefix api:// differs" if len(bare) == 1 else ""
    differ = [name for name, a, b in zip(("scheme", "host", "port", "path"), one, other, strict=True) if a != b]
    if differ == ["scheme"] or (differ == ["scheme", "port"] and one[2] is None and other[2] is None):
        return f"only {one[0]} and {other[0]} differ"
    if differ == ["port"]:
        return "only the port differs"
    if differ == ["host"] and one[1].removeprefix("www.") == other[1].removeprefix("www."):
        return "only the prefix www. differs"
    if differ == ["path"]:
        return "only the path differs"
    return ""


def _parts(value: str) -> tuple[str, str, int | None, str] | None:
    try:
        parts = urlsplit(value)
        if not parts.scheme or not parts.hostname:
            return None
        port = parts.port
    except ValueError:
        return None
    return parts.scheme.lower(), parts.hostname, port, parts.path.rstrip("/")


def equal_to_any(provided: str, expected: tuple[str, ...]) -> bool:
    """Whether a value is one of those expected, compared exactly as servers do (RFC 7519, section 2, StringOrURI)."""
    return provided in expected


def closest(provided: str, expected: tuple[str, ...]) -> tuple[str, str]:
    """Of the expected values the one that is almost the provided one, else the first; and the near miss."""
    for value in expected:
        miss = near_miss(provided, value)
        if miss:
            return value, miss
    return (expected[0] if expected else ""), ""
