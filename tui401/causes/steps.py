"""The pages of the six steps: what each asks, looks at and is for; screens and ``tui401 why STEP`` print them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tui401.model.verdict import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage:
    """The page of one step; plain text, no markup.

    Attributes:
        step: Which one.
        name: One word, as it stands in a narrow list.
        title: The heading of its page.
        question: What it answers.
        looks_at: What is looked at, and where that comes from.
        why: Why it matters.
        settle: What settles it when it stays open.
        references: The rules it rests on.
    """

    step: Step
    name: str
    title: str
    question: str
    looks_at: str
    why: str
    settle: str
    references: tuple[str, ...]


_PAGES: Final = (
    StepPage(
        step=Step.TOKEN,
        name="Token",
        title="Token",
        question="Is the token alive, and what it claims to be?",
        looks_at=(
            "Its shape, its kind, its lifetime by a clock that can be trusted, who issued it, and its signature "
            "against the keys that the issuer publishes. A token that only its issuer can read is told as such."
        ),
        why=(
            "A server reads a token before anything else. One that is past its time, cut short on the way, or signed "
            "by a key that the server does not know is refused whatever it would allow."
        ),
        settle=(
            "The issuer's published keys settle the signature, introspection settles whether it was revoked, and a "
            "fresh token of the same kind settles whether this one is at fault at all."
        ),
        references=("RFC 7519", "RFC 9068", "RFC 7662"),
    ),
    StepPage(
        step=Step.HEADER,
        name="Header",
        title="Header",
        question="Does the request carry it the way the server reads it?",
        looks_at=(
            "The Authorization value byte by byte, its scheme beside the one that the server names, the place it "
            "stands in, whether it came twice, where each part came from, and every redirect on the way."
        ),
        why=(
            "A good credential in the wrong clothes is refused like a bad one. A missing keyword, a second space, a "
            "quote from a copied line or a redirect to another host is enough, and servers seldom say so."
        ),
        settle=(
            "The same request without its credential, and with a worthless one, shows whether the server reads it; "
            "the same credential written exactly right shows whether the writing was at fault."
        ),
        references=("RFC 9110, section 11", "RFC 6750, section 2.1", "RFC 7617"),
    ),
    StepPage(
        step=Step.AUDIENCE,
        name="Audience",
        title="Audience and scope",
        question="Is it for this API, and for this work?",
        looks_at=(
            "The audience and scopes that the token carries beside those that the API wants, each with who said so: "
            "its challenge, its metadata, its error text, or your profile."
        ),
        why=(
            "A token is a letter to one addressee with a list of what its bearer may do. An API that is not the "
            "addressee has to refuse it, however valid it is, and one that misses a scope refuses that call."
        ),
        settle="A token for the audience and scopes that the API names; what it then answers tells the two apart.",
        references=("RFC 7519, section 4.1.3", "RFC 8707", "RFC 6750, section 3.1", "RFC 9728"),
    ),
    StepPage(
        step=Step.CLOCK,
        name="Clock",
        title="Clock",
        question="Do the clocks agree?",
        looks_at=(
            "This machine's clock beside a time server, the API and the issuer, in seconds and with how far each "
            "reading can be off; and whether this machine keeps its time in step by itself."
        ),
        why=(
            "A token is valid between two instants, and each side judges them by its own clock. If one of them is "
            "wrong, a good token looks expired, or not yet valid."
        ),
        settle="A time server's answer and a Date from the API that no cache has kept.",
        references=("RFC 7519, section 4.1.4", "RFC 5905", "RFC 9110, section 6.6.1"),
    ),
    StepPage(
        step=Step.PERMISSIONS,
        name="Permissions",
        title="Permissions",
        question="What is the least that works?",
        looks_at=(
            "The barest form of the request, the narrowest token that the issuer gives, and whether the answer is "
            "401, which speaks of who is calling, or 403, which speaks of what they may do."
        ),
        why=(
            "Some servers answer 401 where they mean 403. And a request that works with less shows which header, "
            "cookie or scope was the one too many; the least that works is also what to keep."
        ),
        settle="The bare request, then a narrower token, then the scopes added back one by one.",
        references=("RFC 9110, section 15.5", "RFC 6749, section 3.3"),
    ),
    StepPage(
        step=Step.SERVER,
        name="Server",
        title="Server",
        question="Does the authorization server agree, and what changed?",
        looks_at=(
            "The issuer's metadata, keys and token endpoint with how long each took; who wrote the refusal: the "
            "application, a gateway or the edge of a network; and what changed lately."
        ),
        why=(
            "An API trusts somebody else's word. When the issuer is down, has changed its keys, or a gateway in "
            "between answers for the API, no token helps, and the one to talk to is somebody else."
        ),
        settle="The issuer's own answers, asked from here, and a word from whoever runs the server.",
        references=("RFC 8414", "RFC 7517", "RFC 6749, section 5.2"),
    ),
)

STEP_PAGES: Final[Mapping[Step, StepPage]] = MappingProxyType({page.step: page for page in _PAGES})
"""The six pages by step, in their order."""
