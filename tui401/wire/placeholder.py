"""Tells a placeholder from the credential in whose place it was sent. Only as a whole, never a part of one."""

from __future__ import annotations

import itertools
import re
from typing import Final

_LONGEST: Final = 120  # a placeholder is written by hand

_WORDS: Final = re.compile(r"[a-z0-9]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_FRAMES: Final = (("${", "}"), ("#{", "}"), ("{{{", "}}}"), ("{{", "}}"), ("<%=", "%>"), ("$(", ")"), ("%", "%"))
_DOUBTFUL_FRAMES: Final = (("<", ">"), ("[", "]"), ("{", "}"), ("(", ")"))  # they stand around real keys too
_MASK: Final = re.compile(r"(?:[A-Za-z]{1,8}[-_]){0,3}(?:[xX]{3,}|[*•●·.…]{1,}|[-_#?]{3,})")
_GROUPED_MASK: Final = re.compile(r"[xX*]{3,}(?:[-_ .][xX*]{3,})+")
_EMPTY_VALUES: Final = frozenset(
    {
        *("undefined", "null", "none", "nil", "nan", "false", "(null)", "(none)", "(nil)", "<nil>", "<null>", "<none>"),
        *("%!s(<nil>)", "<no value>", "system.object", "system.string[]", "promise { <pending> }", "void 0"),
    }
)
_PRINTED_OBJECT: Final = re.compile(
    r"\[(?:object|function|asyncfunction|class)\b[^\[\]]*\]"
    r"|<(?:function|bound method|built-in|coroutine|generator|class|module)\b[^<>]*>?"
    r"|<[\w.]+ object at 0x[0-9a-f]+>",
    re.IGNORECASE,
)
# A value made of these words alone says nothing by itself, so one that only a person writes for a person must be there.
_TELLING: Final = frozenset(
    {
        *("your", "yours", "my", "insert", "put", "paste", "enter", "replace", "replaceme", "add", "fill", "here"),
        *(
            "changeme",
            "change",
            "placeholder",
            "redacted",
            "masked",
            "filtered",
            "hidden",
            "removed",
            "omitted",
            "todo",
        ),
        *("fixme", "example", "sample", "dummy", "xxx", "xxxx", "xxxxx", "actual", "real", "tbd", "snip", "elided"),
    }
)
_COVERS: Final = frozenset({"redacted", "masked", "filtered", "hidden", "removed", "omitted", "snip", "elided"})
_ORDERS: Final = frozenset({"your", "insert", "put", "paste", "enter", "replace", "fill"})  # no key begins so
_PLAIN: Final = frozenset(
    {
        *(
            "the",
            "a",
            "an",
            "with",
            "me",
            "in",
            "this",
            "own",
            "valid",
            "generated",
            "long",
            "lived",
            "value",
            "string",
        ),
        *(
            "api",
            "key",
            "keys",
            "apikey",
            "token",
            "tokens",
            "access",
            "accesstoken",
            "secret",
            "auth",
            "authorization",
        ),
        *(
            "jwt",
            "bearer",
            "oauth",
            "oauth2",
            "id",
            "client",
            "user",
            "username",
            "password",
            "pass",
            "personal",
            "pat",
        ),
        *(
            "refresh",
            "service",
            "account",
            "app",
            "application",
            "admin",
            "private",
            "public",
            "subscription",
            "github",
        ),
        *("gitlab", "openai", "stripe", "slack", "azure", "aws", "google", "sk", "pk", "live", "test", "of", "from"),
        *("credential", "credentials", "session", "and", "is", "goes", "name", "project", "bot", "hf", "it", "to"),
    }
)
_ALONE: Final = frozenset(
    {
        *("token", "access token", "accesstoken", "api key", "apikey", "key", "jwt", "jwt token", "bearer token"),
        *(
            "auth token",
            "authtoken",
            "id token",
            "bearer",
            "string",
            "api token",
            "apitoken",
            "the token",
            "secret key",
        ),
        *("refresh token", "access key", "jwttoken", "bearertoken", "authorization", "credentials"),
    }
)


def is_placeholder(text: str) -> bool:
    """Whether the whole text is a stand-in such as $TOKEN, {{token}}, YOUR_API_KEY, undefined or xxxx.

    Args:
        text: A credential without its scheme. An empty text is none: what is empty is called so elsewhere.
    """
    text = text.strip()
    if _MASK.fullmatch(text):
        return True
    if not text or len(text) > _LONGEST:
        return False
    if text.lower() in _EMPTY_VALUES or _PRINTED_OBJECT.fullmatch(text) or _GROUPED_MASK.fullmatch(text):
        return True
    if text.startswith(("$", "@")) and _is_variable(text[1:].removeprefix("env:").removeprefix("env.")):
        return text[0] == "$" or _says_so(text[1:])
    for opening, closing in _FRAMES:
        inner = _inside(text, opening, closing)
        if inner is not None:
            return _is_variable(inner) or _says_so(inner) or _is_expression(inner)
    for opening, closing in _DOUBTFUL_FRAMES:
        inner = _inside(text, opening, closing)
        if inner is not None:
            return _is_name(inner) or _is_remark(inner) or is_placeholder(inner)
    return _says_so(text)


def is_mask(text: str) -> bool:
    """Whether a placeholder is what people and recorders write over a credential: ``********``, ``[REDACTED]``, xxxx.

    Args:
        text: A text that `is_placeholder` calls one.
    """
    text = text.strip().strip("<>[]{}()")
    if _MASK.fullmatch(text) or _GROUPED_MASK.fullmatch(text):
        return True
    return any(word in _COVERS or (set(word) == {"x"} and len(word) > 2) for word in _WORDS.findall(text.lower()))


def looks_random(text: str) -> bool:
    """Whether a text has the look of a key: begins like a JWT, or is long and turns between letters and digits."""
    if text.startswith("eyJ"):
        return len(text) > 10
    turns = sum(a.isdigit() != b.isdigit() for a, b in itertools.pairwise(text) if a.isalnum() and b.isalnum())
    return len(text) >= 12 and turns >= 3


def _inside(text: str, opening: str, closing: str) -> str | None:
    if len(text) > len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing):
        return text[len(opening) : -len(closing)].strip()
    return None


def _is_variable(name: str) -> bool:
    return _VARIABLE.fullmatch(name) is not None and not looks_random(name)


def _is_expression(text: str) -> bool:
    """What templates and shells write between their signs: "secrets.TOKEN", "TOKEN:-none", "cat token.txt"."""
    return not looks_random(text) and any(sign in text for sign in ".:| (")


def _is_name(text: str) -> bool:
    """A name that nobody would issue as a key: letters with separators, as in "access-token" or "TOKEN"."""
    words = _WORDS.findall(_HUMP.sub(" ", text).lower())
    return bool(words) and all(word in _PLAIN or word in _TELLING or word.isdigit() for word in words)


def _is_remark(text: str) -> bool:
    """Words for a person, as in "paste it from the dashboard" or "your-tenant-token"."""
    words = _WORDS.findall(_HUMP.sub(" ", text).lower())
    letters = not any(sign.isdigit() for sign in text)
    return letters and (" " in text or any(word in _TELLING for word in words))


def _says_so(text: str) -> bool:
    words = _WORDS.findall(_HUMP.sub(" ", text).lower())
    if not words or sum(map(len, words)) < len(text) // 2:
        return False
    if " ".join(words) in _ALONE:
        return True
    if words[0] in _ORDERS and len(words) > 1 and words[-1] in _PLAIN | _TELLING and not looks_random(text):
        return True
    return any(word in _TELLING for word in words) and all(
        word in _TELLING or word in _PLAIN or set(word) == {"x"} for word in words
    )
