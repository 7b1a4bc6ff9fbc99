"""Hostile answers that break or stretch HTTP itself: heads, statuses, lengths, chunks, connections."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Final

from tests.hostile.kit import MANY, Play, answers, breaks, drips, forever, head, says, stalls, whole

BODY: Final = '{"error":"invalid_token"}'
GOOD: Final = whole("Content-Type: application/json", body=BODY)
CHUNKED: Final = head("Content-Type: application/json", "Transfer-Encoding: chunked")
INFORMATION: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


def same(piece: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.repeat(piece)


def lines(count: int, line: str = "X-Flood-{}: {}") -> list[str]:
    return [line.format(n, n) for n in range(count)]


SLOW: Final[dict[str, Play]] = {
    "a byte at a time from the first on": drips(b"", b"HTTP/1.1 401 Unauthorized ... "),
    "a byte at a time in a header's name": drips(b"HTTP/1.1 401 Unauthorized\r\nX-", b"slow"),
    "a byte at a time in a header's value": drips(b"HTTP/1.1 401 Unauthorized\r\nX-Slow: ", b"slow "),
    "a short header now and then": drips(b"HTTP/1.1 401 Unauthorized\r\n", b"X-A: b\r\n"),
    "no empty line after the headers": stalls(GOOD.partition(b"\r\n\r\n")[0] + b"\r\n"),
    "nothing at all": stalls(b""),
    "half a status line": stalls(b"HTTP/1.1 40"),
    "interim answers a byte at a time": drips(b"", INFORMATION),
}

SLOW_BODIES: Final[dict[str, Play]] = {
    "a body of a byte at a time": drips(head("Content-Type: application/json", "Content-Length: 100000"), b" "),
    "chunks of a byte at a time": drips(CHUNKED, b"1\r\n \r\n"),
    "a body that stalls at its start": stalls(head("Content-Length: 10")),
    "a body that stalls in its middle": stalls(head("Content-Length: 100") + b'{"error":'),
    "a chunk's size that never ends": drips(CHUNKED, b"0"),
    "trailers that never end": drips(CHUNKED + b"0\r\n", b"X-T: a\r\n"),
}

ENDLESS_HEADS: Final[dict[str, Play]] = {
    "one header without end": forever(b"HTTP/1.1 401 No\r\nX-Long: ", same(MANY)),
    "headers without end": forever(b"HTTP/1.1 401 No\r\n", same(b"X-A: b\r\n" * 1_000)),
    "a name without end": forever(b"HTTP/1.1 401 No\r\n", same(MANY)),
    "a reason without end": forever(b"HTTP/1.1 401 ", same(MANY)),
    "blank lines without end": forever(b"", same(b"\r\n" * 1_000)),
    "spaces without end": forever(b"HTTP/1.1 ", same(b" " * 1_000)),
    "folded lines without end": forever(b"HTTP/1.1 401 No\r\nX-A: b\r\n", same(b" folded\r\n" * 1_000)),
    "interim answers without end": forever(b"", same(INFORMATION * 100)),
    "early hints without end": forever(b"", same(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 100)),
}

FLOODS: Final[dict[str, Play]] = {
    **{f"{count:,} headers": says(head(*lines(count), "Content-Length: 0")) for count in (101, 2_000, 100_000)},
    **{
        f"a header of {size:,} bytes": answers(f"X-Long: {'a' * size}", body=BODY)
        for size in (8_000, 60_000, 101_000, 1_000_000, 10_485_760)
    },
    "2,000 headers of one name": answers(*["Via: 1.1 proxy"] * 2_000, body=BODY),
    "1,000 cookies": answers(*lines(1_000, "Set-Cookie: c{}=v{}; Path=/; HttpOnly"), body=BODY),
    "a cookie of 60,000 bytes": answers(f"Set-Cookie: session={'a7' * 30_000}", body=BODY),
    "cookies without names": answers(*["Set-Cookie: =;;;=", "Set-Cookie: ", "Set-Cookie: ;"] * 100, body=BODY),
    "1,000 folded lines": answers("X-A: b", *["  folded"] * 1_000, body=BODY),
    "10 interim answers": says(INFORMATION * 10, GOOD),
    "10,000 interim answers": says(INFORMATION * 10_000, GOOD),
    "an interim answer with 2,000 headers": says(head(*lines(2_000), status="103 Early Hints"), GOOD),
    "every interim status": says(*(head(status=f"{status} Wait") for status in range(102, 200)), GOOD),
    "another protocol": says(head("Upgrade: evil", "Connection: Upgrade", status="101 Switching Protocols"), MANY),
}

_STATUSES: Final = {
    "status 0": b"HTTP/1.1 0 No",
    "status 99": b"HTTP/1.1 99 No",
    "status 000": b"HTTP/1.1 000 No",
    "status 600": b"HTTP/1.1 600 No",
    "status 999": b"HTTP/1.1 999 No",
    "status 1000": b"HTTP/1.1 1000 No",
    "status -1": b"HTTP/1.1 -1 No",
    "status 401.1": b"HTTP/1.1 401.1 No",
    "status in Arabic digits": "HTTP/1.1 ٤٠١ No".encode(),
    "no reason and no space": b"HTTP/1.1 401",
    "two spaces": b"HTTP/1.1  401 No",
    "no status": b"HTTP/1.1",
    "version 9.9": b"HTTP/9.9 401 No",
    "version 2": b"HTTP/2 401",
    "a small http": b"http/1.1 401 No",
    "HTTP/1.0": b"HTTP/1.0 401 No",
    "another protocol's name": b"ICY 401 Unauthorized",
    "a NUL in the reason": b"HTTP/1.1 401 N\x00o",
    "a reason of 60,000 bytes": b"HTTP/1.1 401 " + b"no " * 20_000,
    "a reason that is no UTF-8": b"HTTP/1.1 401 \xff\xfe\xc3\x28",
    "a blank before": b" HTTP/1.1 401 No",
}
STATUSES: Final[dict[str, Play]] = {
    **{name: answers(status=line, body=BODY) for name, line in _STATUSES.items()},
    **{f"a lone {status}": answers(status=f"{status} Odd") for status in (204, 205, 304, 402, 418, 451, 499, 511, 599)},
    "HTTP/0.9": says(b"<html>401 Unauthorized</html>"),
    "HTTP/0.9 without end": forever(b"", same(b"<p>401</p>" * 500)),
    "the banner of SSH": says(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "the banner of SMTP": says(b"220 mail.example.com ESMTP\r\n"),
    "frames of HTTP/2": says(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x04"),
    "a TLS alert in the clear": says(b"\x15\x03\x01\x00\x02\x02\x46"),
    "UTF-16": says("HTTP/1.1 401 No\r\n\r\n".encode("utf-16")),
    "NULs": says(b"\x00" * 70_000),
    "nothing but line ends": says(b"\r\n\r\n\r\n\r\n"),
    "line feeds alone": says(GOOD.replace(b"\r\n", b"\n")),
    "carriage returns alone": says(GOOD.replace(b"\r\n", b"\r")),
}

_HEADERS: Final[dict[str, str | bytes]] = {
    "a header without a colon": "X-Odd",
    "a header without a name": ": value",
    "a blank before the colon": "X-Odd : value",
    "a name of spaces": "   : value",
    "a name that is no token": "X(Odd)[]: value",
    "a name that is no UTF-8": b"X-\xff\xfe: value",
    "a value that is no UTF-8": b'WWW-Authenticate: Bearer realm="\xff\xfe\xc3\x28"',
    "a NUL in a value": b"X-Odd: a\x00b",
    "a carriage return in a value": b"X-Odd: a\rWWW-Authenticate: Basic",
    "a vertical tab in a value": b"X-Odd: a\x0b\x0cb",
    "a folded challenge": 'WWW-Authenticate: Bearer\r\n  error="invalid_token"',
}
HEADERS: Final[dict[str, Play]] = {name: answers(line, body=BODY) for name, line in _HEADERS.items()}

_LENGTHS: Final = {
    "a length that is too long": ["Content-Length: 500"],
    "a length that is too short": ["Content-Length: 3"],
    "a negative length": ["Content-Length: -1"],
    "a length in words": ["Content-Length: many"],
    "a length of 10^30": ["Content-Length: 1" + "0" * 30],
    "a length with a plus": ["Content-Length: +25"],
    "a length in Arabic digits": ["Content-Length: ٢٥"],
    "a length in hexadecimal": ["Content-Length: 0x19"],
    "two equal lengths": ["Content-Length: 25", "Content-Length: 25"],
    "two lengths that differ": ["Content-Length: 25", "Content-Length: 3"],
    "a list of lengths": ["Content-Length: 25, 25"],
    "an empty length": ["Content-Length:"],
    "a length and chunks": ["Content-Length: 25", "Transfer-Encoding: chunked"],
    "chunks twice": ["Transfer-Encoding: chunked, chunked"],
    "chunks that are none": ["Transfer-Encoding: chunked"],
    "an unknown transfer coding": ["Transfer-Encoding: rot13"],
    "gzip as a transfer coding": ["Transfer-Encoding: gzip, chunked"],
    "identity as a transfer coding": ["Transfer-Encoding: identity", "Content-Length: 25"],
}
LENGTHS: Final[dict[str, Play]] = {name: says(head(*found) + BODY.encode()) for name, found in _LENGTHS.items()}

_CHUNKS: Final = {
    "a size that is no number": b"zz\r\nabc\r\n0\r\n\r\n",
    "a negative size": b"-5\r\nabcde\r\n0\r\n\r\n",
    "a size of 2^64": b"ffffffffffffffff1\r\nabc\r\n0\r\n\r\n",
    "a size of a thousand digits": b"1" * 1_000 + b"\r\nabc\r\n",
    "a size with 0x": b"0x5\r\nabcde\r\n0\r\n\r\n",
    "a size with an underscore": b"1_0\r\nabcde\r\n0\r\n\r\n",
    "an extension of 90,000 bytes": b"5;" + b"e" * 90_000 + b"\r\nabcde\r\n0\r\n\r\n",
    "an extension of 2 MB": b"5;" + b"e" * 2_000_000 + b"\r\nabcde\r\n0\r\n\r\n",
    "data longer than its size": b"3\r\nabcdefgh\r\n0\r\n\r\n",
    "no line end behind the data": b"3\r\nabc5\r\nabcde\r\n0\r\n\r\n",
    "line feeds alone": b"3\nabc\n0\n\n",
    "no last chunk": b"3\r\nabc\r\n",
    "an empty size": b"\r\nabc\r\n0\r\n\r\n",
    "10,000 chunks of a byte": b"1\r\na\r\n" * 10_000 + b"0\r\n\r\n",
    "a thousand trailers": b"3\r\nabc\r\n0\r\n" + b"X-T: a\r\n" * 1_000 + b"\r\n",
    "trailers of 2 MB": b"3\r\nabc\r\n0\r\n" + b"X-T: " + b"a" * 2_000_000 + b"\r\n\r\n",
    "a challenge and a redirect as trailers": b"0\r\nWWW-Authenticate: Basic\r\nLocation: /x\r\n\r\n",
    "a second answer behind the first": b"0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
}
CHUNKS: Final[dict[str, Play]] = {name: says(CHUNKED + data) for name, data in _CHUNKS.items()}

_STAGES: Final = {
    "before a byte": b"",
    "in the status line": b"HTTP/1.1 4",
    "after the status line": b"HTTP/1.1 401 Unauthorized\r\n",
    "in a header": b"HTTP/1.1 401 Unauthorized\r\nX-Cut: o",
    "before the body": head("Content-Length: 25"),
    "in the body": head("Content-Length: 25") + b'{"error":',
    "in a chunk's size": CHUNKED + b"1",
    "in a chunk": CHUNKED + b"ff\r\nabc",
    "before the last chunk": CHUNKED + b"3\r\nabc\r\n",
    "after an interim answer": INFORMATION,
}
ENDS: Final[dict[str, Play]] = {
    "closes before the request": breaks(b"", reset=False, reads=False),
    "resets before the request": breaks(b"", reset=True, reads=False),
    **{f"closes {stage}": breaks(start, reset=False) for stage, start in _STAGES.items()},
    **{f"resets {stage}": breaks(start, reset=True) for stage, start in _STAGES.items()},
}

ENDLESS_BODIES: Final[dict[str, Play]] = {
    "text without end": forever(head("Content-Type: text/plain"), same(MANY)),
    "chunks without end": forever(CHUNKED, same(b"10000\r\n" + MANY + b"\r\n")),
    "chunks of a byte without end": forever(CHUNKED, same(b"1\r\na\r\n" * 2_000)),
    "a JSON string without end": forever(head("Content-Type: application/json") + b'{"error":"', same(MANY)),
    "a JSON list without end": forever(head("Content-Type: application/json") + b"[", same(b'"a",' * 5_000)),
    "markup without end": forever(head("Content-Type: text/html") + b"<html>", same(b"<p>no" * 5_000)),
    "zeros without end": forever(head("Content-Type: application/octet-stream"), same(b"\x00" * 65_536)),
    "line ends without end": forever(head("Content-Type: text/plain"), same(b"\r\n" * 30_000)),
}
