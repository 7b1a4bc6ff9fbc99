"""What an OpenAPI description (3.0, 3.1) says that a request must carry: schemes, scopes, the places of keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui401.intake.core import IntakeError
from tui401.intake.document import read_document
from tui401.intake.security import Security, plain, resolved
from tui401.intake.servers import Asked, Fit, closeness, remainders
from tui401.model.secret import Secret
from tui401.model.shown import RequirementsSeen, SchemeRequired

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_MOST_PATHS: Final = 50_000
_LONGEST: Final = 500
_VERSION: Final = re.compile(r"3\.\d{1,3}(?:\.\d{1,3})?(?:-.{1,20})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What the operation that matches a request requires.

    Attributes:
        method: The operation's method in capitals; for HEAD it can be GET.
        path: Its path template, with the server's base path left out.
        title: The description's title and version.
        alternatives: Ways in, each of which is enough; the schemes of one are needed together; one without any scheme
            is the request without a credential. () where the description does not say.
        declared: Whether the description says anything at all on credentials for this operation.
        other_server: The description names other servers than the request's.
        problems: Sentences on parts that could not be read.
    """

    method: str
    path: str
    title: str = ""
    alternatives: tuple[tuple[SchemeRequired, ...], ...] = ()
    declared: bool = True
    other_server: bool = False
    problems: tuple[str, ...] = ()

    def shown(self) -> RequirementsSeen:
        """The same as evidence."""
        silent = () if self.declared else ("The description says nothing on credentials for this operation.",)
        return RequirementsSeen(
            source=self.title,
            operation=f"{self.method} {self.path}",
            alternatives=self.alternatives,
            other_server=self.other_server,
            problem=" ".join((*silent, *self.problems)),
        )


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    fit: Fit
    content: Mapping[str, Any]


def requirements(text: str, method: str, url: str) -> Requirements:
    """What a description requires of a request.

    Args:
        text: The description, JSON or YAML, at most 20 MiB.
        method: The request's method.
        url: Its absolute address; neither it nor a part of it is repeated in any sentence.

    Raises:
        IntakeError: for a text that is no description, or one that has no operation for the request.
    """
    return _required(_document(text), method, url)


def described(text: str) -> Callable[[str, Secret[str]], RequirementsSeen]:
    """The same for many requests: the description is read once, and what it does not hold is a problem, not an error.

    Args:
        text: The description.

    Raises:
        IntakeError: for a text that is no description.
    """
    document = _document(text)

    def required(method: str, url: Secret[str]) -> RequirementsSeen:
        try:
            return _required(document, method, url.reveal()).shown()
        except IntakeError as error:
            return RequirementsSeen(problem=str(error))

    return required


def _document(text: str) -> dict[str, Any]:
    document = read_document(text)
    if not isinstance(document, dict):
        raise IntakeError("The document is no OpenAPI description: it holds no object. Give the API's OpenAPI file.")
    _check_version(document)
    return document


def _required(document: dict[str, Any], method: str, url: str) -> Requirements:
    asked = Asked.of(url)
    if asked is None:
        raise IntakeError("The request's address is not an absolute http or https one, so no path can be looked up.")
    operation = _find(document, method, asked)
    security = operation.content.get("security", document.get("security"))
    reading = Security(document)
    return Requirements(
        method=operation.method,
        path=operation.path,
        title=_title(document),
        alternatives=reading.ways(security),
        declared=security is not None,
        other_server=operation.fit is Fit.ELSEWHERE,
        problems=tuple(reading.problems),
    )


def _check_version(document: Mapping[str, Any]) -> None:
    if "swagger" in document:
        raise IntakeError("The document is a Swagger 2.0 description. Convert it to OpenAPI 3, which is what is read.")
    if "openapi" not in document:
        raise IntakeError(
            "The document is no OpenAPI description: it has no “openapi” field. Give the API's OpenAPI file."
        )
    if not _VERSION.fullmatch(str(document["openapi"])):
        raise IntakeError("The description's “openapi” field names no version 3. OpenAPI 3.0 and 3.1 are read.")


def _title(document: Mapping[str, Any]) -> str:
    info = document.get("info")
    if not isinstance(info, dict):
        return ""
    return " ".join(str(info[name])[:_LONGEST] for name in ("title", "version") if info.get(name))


# -- the operation -----------------------------------------------------------------------------------------------------


def _find(document: Mapping[str, Any], method: str, asked: Asked) -> _Operation:
    paths = document.get("paths")
    if not isinstance(paths, dict) or not paths:
        raise IntakeError("The description has no paths, so it says nothing of this request. Give the API's own one.")
    general = remainders(document.get("servers"), asked)
    wanted = method.lower()
    best: tuple[tuple[Any, ...], _Operation] | None = None
    others: dict[str, tuple[str, ...]] = {}
    unread = False
    for template, given in list(paths.items())[:_MOST_PATHS]:
        item, problem = resolved(document, given)
        unread = unread or bool(problem)
        if not isinstance(template, str) or not template.startswith("/") or not isinstance(item, dict):
            continue
        for name in (wanted, "get") if wanted == "head" else (wanted,):
            operation = item.get(name) if name in METHODS else None
            found = operation if isinstance(operation, dict) else {}
            own = found.get("servers") or item.get("servers")
            fits = [
                (fit, rank)
                for fit, rest in (remainders(own, asked) if own else general)
                if (rank := closeness(template, rest)) is not None
            ]
            if not fits:
                continue
            if operation is None or not isinstance(operation, dict):
                others.setdefault(template, _methods(item))
                continue
            fit, rank = min(fits)
            order = (fit, rank, name != wanted)
            if best is None or order < best[0]:
                best = (order, _Operation(name.upper(), template[:_LONGEST], fit, found))
    if best is not None:
        return best[1]
    raise IntakeError(_not_found(method, others, unread=unread))


def _methods(item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name.upper() for name in METHODS if isinstance(item.get(name), dict))


def _not_found(method: str, others: Mapping[str, tuple[str, ...]], *, unread: bool) -> str:
    if others:
        template, has = next(iter(others.items()))
        listed = ", ".join(has) or "no method"
        asked = method.upper() if method.lower() in METHODS else "this method"
        return f"The description has {plain(template)} for {listed} and not for {asked}. Check the method."
    more = " Some of its paths lie in other files, which are not read: bundle it into one file." if unread else ""
    return f"The description has no path that matches the request's. Check that it is of this API and version.{more}"
