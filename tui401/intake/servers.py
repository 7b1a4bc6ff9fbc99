"""Which servers and paths of an OpenAPI document a request fits: origins, base paths, templates (OpenAPI 3.1, 4.8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import re2

from tui401.model.http import DEFAULT_PORTS

_MOST: Final = 100  # servers of one list, and values of one variable
_LONGEST: Final = 2_000
_ANY: Final = "[^/?#]{0,200}"


class Fit(IntEnum):
    """How well a server fits; a smaller one is better."""

    ORIGIN = 0  # its scheme, host and port are the request's
    RELATIVE = 1  # it has none: the document counts for wherever it lies
    ELSEWHERE = 2  # another origin, and only its base path fits


@dataclass(frozen=True, slots=True)
class Asked:
    """The request's address in the forms that are compared."""

    scheme: str
    authority: str  # the port where it is not the scheme's own
    path: str

    @classmethod
    def of(cls, url: str) -> Asked | None:
        """From an absolute address; None for any other."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return None
        if parts.scheme not in DEFAULT_PORTS or not host:
            return None
        host = f"[{host}]" if ":" in host else host
        own = port is None or port == DEFAULT_PORTS[parts.scheme]
        return cls(parts.scheme, host if own else f"{host}:{port}", parts.path or "/")


def remainders(servers: Any, asked: Asked) -> tuple[tuple[Fit, str], ...]:
    """What is left of the request's path behind each server's base path, best fit first.

    Args:
        servers: A ``servers`` list as decoded. None, or an empty list, stands for one server at ``/``.
        asked: The request's address.
    """
    listed = servers if isinstance(servers, list) and servers else [{"url": "/"}]
    found: dict[tuple[Fit, str], None] = {}
    for server in listed[:_MOST]:
        if isinstance(server, dict) and isinstance(server.get("url"), str):
            found.update(dict.fromkeys(_remainder(server["url"][:_LONGEST], server.get("variables"), asked)))
    return tuple(sorted(found))


def _remainder(url: str, variables: Any, asked: Asked) -> list[tuple[Fit, str]]:
    scheme, authority, base = _taken_apart(url)
    path = _begins_with(base, variables, asked.path)
    if path is None:
        return []
    if not authority:
        return [(Fit.RELATIVE, path)]
    same = _whole(authority.lower(), variables, asked.authority) and (
        not scheme or _whole(scheme.lower(), variables, asked.scheme)
    )
    return [(Fit.ORIGIN if same else Fit.ELSEWHERE, path)]


def _taken_apart(url: str) -> tuple[str, str, str]:
    """Scheme, authority and base path; a variable may stand anywhere in them, so no URL parser would do."""
    scheme, sign, rest = url.partition("://")
    if not sign:
        scheme = ""
        rest = url.removeprefix("//") if url.startswith("//") else ""
        if not rest:
            return "", "", "/" + url.lstrip("./").rstrip("/")  # relative to where the document lies
    authority, _, base = rest.partition("/")
    own = DEFAULT_PORTS.get(scheme.lower())
    return scheme, authority.removesuffix(f":{own}") if own else authority, "/" + base.strip("/")


def _pattern(text: str, variables: Any) -> str:
    """A pattern for RE2, which takes linear time whatever the document says."""
    made: str = ""
    while text:
        before, opened, rest = text.partition("{")
        name, closed, after = rest.partition("}")
        made += re2.escape(before)
        if not opened:
            break
        if not closed:
            return made + str(re2.escape(opened + rest))
        variable = variables.get(name) if isinstance(variables, dict) else None
        made += _values(variable if isinstance(variable, dict) else {})
        text = after
    return made


def _values(variable: dict[str, Any]) -> str:
    allowed = variable.get("enum")
    if isinstance(allowed, list) and allowed:
        return f"(?:{'|'.join(re2.escape(str(value)[:200]) for value in allowed[:_MOST])})"
    usual = str(variable.get("default", ""))[:200].strip("/")
    return f"(?:{re2.escape(usual)}|{_ANY})" if usual else _ANY


def _whole(text: str, variables: Any, asked: str) -> bool:
    return text == asked or ("{" in text and re2.fullmatch(_pattern(text, variables), asked) is not None)


def _begins_with(base: str, variables: Any, path: str) -> str | None:
    if base == "/":
        return path
    if "{" not in base:
        return path[len(base) :] or "/" if path == base or path.startswith(base + "/") else None
    found = re2.match(f"{_pattern(base, variables)}(?:/|$)", path)
    return "/" + path[found.end() :].lstrip("/") if found is not None else None


def closeness(template: str, path: str) -> tuple[int, ...] | None:
    """How a path template fits a path: a smaller value is more exact, None is no fit.

    A parameter stands for one segment or a part of one. A concrete path goes before a templated one (OpenAPI 3.1,
    4.8.8); of two templates the one goes first whose first segments are more exact. A slash at the end may differ,
    and that is the worst fit.
    """
    ours, theirs = template[:_LONGEST].split("/"), path.split("/")
    slash = (ours[-1] == "") != (theirs[-1] == "")
    if slash:
        ours = ours[:-1] if ours[-1] == "" else ours
        theirs = theirs[:-1] if theirs[-1] == "" else theirs
    if len(ours) != len(theirs):
        return None
    ranks: list[int] = []
    for want, has in zip(ours, theirs, strict=True):
        rank = _segment(want, has)
        if rank is None:
            return None
        ranks.append(rank)
    return (int(slash), *ranks)


def _segment(want: str, has: str) -> int | None:
    if "{" not in want:
        return 0 if want == has or unquote(want) == unquote(has) else None
    if not has:
        return None
    if want.startswith("{") and want.find("}") == len(want) - 1:
        return 2
    return 1 if re2.fullmatch(_pattern(want, None).replace("{0,200}", "{1,200}"), has) is not None else None
