"""The security of an OpenAPI description: requirement lists, schemes, references (OpenAPI 3.1, section 4.8.30)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from tui401.model.shown import Place, SchemeRequired

_MOST_WAYS: Final = 50
_MOST_SCHEMES: Final = 20
_MOST_SCOPES: Final = 200
_MOST_STEPS: Final = 20  # references that lead to references
_LONGEST: Final = 500
_PLACES: Final = {"header": Place.HEADER, "query": Place.QUERY, "cookie": Place.COOKIE}
_SCHEMES: Final = {"bearer": "Bearer", "basic": "Basic", "digest": "Digest", "dpop": "DPoP", "hoba": "HOBA"}
_KINDS: Final = frozenset({"http", "apiKey", "oauth2", "openIdConnect", "mutualTLS"})
_SCOPED: Final = frozenset({"oauth2", "openIdConnect"})


def plain(text: str) -> str:
    """A name of the document for a sentence: bounded, and without signs that do not show."""
    return "".join(c if c.isprintable() else "�" for c in text[:200])


def resolved(document: Mapping[str, Any], value: Any) -> tuple[Any, str]:
    """What a reference leads to within the document (RFC 6901), and a sentence where it leads nowhere."""
    for _ in range(_MOST_STEPS):
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            return value, ""
        target = value["$ref"]
        if not target.startswith("#"):
            return None, "A part lies in another file or at another address, which is not read."
        found: Any = document
        for part in unquote(target[1:]).split("/")[1:_MOST_STEPS]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and name.isascii() and name.isdigit() and len(name) < 7:
                found = found[int(name)] if int(name) < len(found) else None
            else:
                found = found.get(name) if isinstance(found, dict) else None
        if found is None:
            return None, "A reference leads to nothing in the document."
        value = found
    return None, "References lead round in a circle."


class Security:
    """Reads ``security`` lists against the document's schemes; gathers what could not be read."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.problems: list[str] = []

    def ways(self, security: Any) -> tuple[tuple[SchemeRequired, ...], ...]:
        """The alternatives of a ``security`` list; an empty list means that nothing is needed."""
        if security is None:
            return ()
        if not isinstance(security, list):
            self._problem("The description's “security” is not a list, so it was not read.")
            return ()
        if not security:
            return ((),)
        found: list[tuple[SchemeRequired, ...]] = []
        for way in security[:_MOST_WAYS]:
            if not isinstance(way, dict):
                self._problem("An entry of the description's “security” is not an object, so it was not read.")
                continue
            schemes = tuple(self._schemes(way))
            if len(schemes) == min(len(way), _MOST_SCHEMES):  # a way that is half read would ask for too little
                found.append(schemes)
        return tuple(dict.fromkeys(found))

    def _schemes(self, way: Mapping[str, Any]) -> Iterator[SchemeRequired]:
        for name, needs in list(way.items())[:_MOST_SCHEMES]:
            components = self._document.get("components")
            listed = components.get("securitySchemes") if isinstance(components, dict) else None
            given = listed.get(name) if isinstance(listed, dict) else None
            scheme, problem = resolved(self._document, given)
            if not isinstance(scheme, dict):
                says = problem or "It is not among the description's security schemes."
                self._problem(f"The security scheme {plain(str(name))} could not be read. {says}")
                continue
            made = _scheme(str(name)[:_LONGEST], scheme, _texts(needs))
            if made is None:
                self._problem(f"The security scheme {plain(str(name))} is of a kind that OpenAPI does not know.")
                continue
            yield made

    def _problem(self, says: str) -> None:
        if says not in self.problems and len(self.problems) < _MOST_SCHEMES:
            self.problems.append(says)


def _scheme(name: str, scheme: Mapping[str, Any], needs: tuple[str, ...]) -> SchemeRequired | None:
    kind = scheme.get("type")
    if not isinstance(kind, str) or kind not in _KINDS:
        return None
    word, place, place_name = "", Place.AUTHORIZATION, "Authorization"
    if kind == "http":
        given = str(scheme.get("scheme", ""))[:60]
        word = _SCHEMES.get(given.lower(), given)
    elif kind in _SCOPED:
        word = "Bearer"
    elif kind == "mutualTLS":
        place, place_name = Place.CERTIFICATE, ""
    else:
        where, place_name = _PLACES.get(str(scheme.get("in"))), str(scheme.get("name") or "")[:_LONGEST]
        if where is None or not place_name:
            return None
        # A key whose header is Authorization is what many write for a token.
        place = Place.AUTHORIZATION if (where, place_name.lower()) == (Place.HEADER, "authorization") else where
    flows = _flows(scheme.get("flows")) if kind == "oauth2" else {}
    return SchemeRequired(
        name=name,
        kind=kind,
        scheme=word,
        place=place,
        place_name=place_name,
        scopes=needs if kind in _SCOPED else (),
        roles=() if kind in _SCOPED else needs,
        flows=tuple(flows),
        token_url=next((url for url in flows.values() if url), ""),
        openid_url=_address(scheme.get("openIdConnectUrl")) if kind == "openIdConnect" else "",
    )


def _flows(flows: Any) -> dict[str, str]:
    """The grants by name with their token endpoints, "" for one without."""
    if not isinstance(flows, dict):
        return {}
    return {
        str(name)[:60]: _address(flow.get("tokenUrl"))
        for name, flow in list(flows.items())[:_MOST_SCHEMES]
        if isinstance(flow, dict) and not str(name).startswith("x-")
    }


def _address(value: Any) -> str:
    """An absolute address without user, query and fragment, "" for anything else: it may only be shown."""
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        return ""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(item[:_LONGEST] for item in value[:_MOST_SCOPES] if isinstance(item, str) and item))
