"""Redirects that go in circles, elsewhere, or nowhere. ``{other}`` is another origin that listens and is nobody's."""

from __future__ import annotations

from typing import Final

from tests.hostile.kit import Line, Play, head, whole

_LOCATIONS: Final[dict[str, str | bytes]] = {
    **{f"to {scheme}:": f"{scheme}:///etc/passwd" for scheme in ("file", "ftp", "gopher", "ldap", "dict", "smb")},
    "to javascript:": "javascript:alert(1)",
    "to data:": "data:text/html,<h1>401",
    "to mailto:": "mailto:a@evil.example",
    "to about:": "about:blank",
    "to a scheme of 1,000 letters": "h" * 1_000 + "://x/",
    "to another origin": "{other}/take",
    "to another origin without a scheme": "//{authority}/take",
    "to another origin behind a backslash": "\\\\{authority}\\take",
    "to another origin with a user": "http://user:secret@{authority}/take",
    "to another origin, its own name before it": "http://127.0.0.1:80@{authority}/take",
    "to another name of this machine": "http://localhost:{port}/take",
    "to this machine in one number": "http://2130706433:{port}/take",
    "to this machine, IPv6": "http://[::ffff:127.0.0.1]:{port}/take",
    "with the token of the request": "{other}/take?access_token={token}",
    "with the token in the fragment": "{other}/take#{token}",
    "with the token in the path": "{other}/{token}/take",
    "with the token percent-encoded": "{other}/take?x=%63%61%6e%61%72%79{tail}",
    "to port 0": "http://127.0.0.1:0/",
    "to port 99999": "http://127.0.0.1:99999/",
    "to port -1": "http://127.0.0.1:-1/",
    "to a port in words": "http://127.0.0.1:http/",
    "to no host": "http:///path",
    "to a broken IPv6 address": "http://[::1/",
    "to a zone": "http://[fe80::1%25lo]/",
    "to a host of blanks": "http://%20/",
    "to a host with an escape": "http://a\u202eb.example/",
    "to a host of 300 letters": "http://" + "a" * 300 + ".example/",
    "to nothing": "",
    "to a blank": "   ",
    "to a query": "?again=1",
    "to a fragment": "#again",
    "far up": "../" * 500 + "etc/passwd",
    "to itself": "/v1/orders",
    "with a NUL in percent": "/%00",
    "with a line break in percent": "/%0d%0aX-Evil:%201",
    "with bytes that are no UTF-8": b"/\xff\xfe",
    "with blanks": "/a b c",
    "of 20,000 characters": "/" + "a" * 20_000,
    "of 16,000 slashes": "/" * 16_000,
    "with a semicolon": "0;url=http://evil.example/",
    "to two at once": "{other}/a, {other}/b",
}


def leads(location: str | bytes, status: int = 302, *more: str) -> Play:
    """Answers always with this redirect; what stands in braces is filled in from the server's notes."""

    async def play(line: Line) -> None:
        await line.asked()
        filled = location if isinstance(location, bytes) else location.format(**line.server.notes).encode()
        await line.say(whole(b"Location: " + filled, *more, status=f"{status} Moved", body=""))

    return play


def _walks(step: str) -> Play:
    async def play(line: Line) -> None:
        came = await line.asked()
        line.server.notes["turn"] = str(int(line.server.notes.get("turn", "0")) + 1)
        at = step.format(turn=line.server.notes["turn"], target=came.target)
        await line.say(whole(f"Location: {at}", status="307 Temporary Redirect", body=""))

    return play


def _by_turns(*locations: str) -> Play:
    async def play(line: Line) -> None:
        await line.asked()
        at = locations[len(line.server.arrived) % len(locations)]
        await line.say(whole(f"Location: {at}", status="308 Permanent Redirect", body=""))

    return play


async def _back_and_forth(line: Line) -> None:
    """To the other origin and, from a header that it would echo, back again: the other one only listens."""
    came = await line.asked()
    if "back" in came.target:
        await line.say(whole(status="401 Unauthorized", body="{}"))
    else:
        await line.say(
            whole(
                f"Location: {line.server.notes['other']}/take",
                f"Refresh: 0; url={line.server.origin}/back",
                status="302 Found",
            )
        )


async def _endless_location(line: Line) -> None:
    await line.asked()
    await line.say(head(status="302 Found")[:-2] + b"Location: /")
    while True:
        await line.say(b"a" * 65_536)


REDIRECTS: Final[dict[str, Play]] = {
    **{name: leads(location) for name, location in _LOCATIONS.items()},
    **{
        f"{status} to another origin": leads("{other}/take", status)
        for status in (300, 301, 303, 304, 305, 306, 307, 308)
    },
    "to another origin, twice told": leads("/first", 302, "Location: /second"),
    "a 201 with a Location": leads("{other}/take", 201),
    "a 401 with a Location": leads("{other}/take", 401),
    "a 302 with a challenge and a cookie": leads(
        "{other}/take", 302, "Set-Cookie: session=0123456789abcdef; Domain=127.0.0.1", "WWW-Authenticate: Basic"
    ),
    "in a circle of two": _by_turns("/a", "/b"),
    "in a circle of seven": _by_turns(*(f"/{n}" for n in range(7))),
    "to ever new addresses": _walks("/{turn}"),
    "to ever longer addresses": _walks("{target}/longer"),
    "to a growing query": _walks("/x?{turn}"),
    "a Location that never ends": _endless_location,
    "a Refresh beside it": _back_and_forth,
}
