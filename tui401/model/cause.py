"""What a cause declares of itself: one module, one place to add one (style.md, items 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tui401.model.facts import Facts
from tui401.model.verdict import Step, Verdict


class Level(StrEnum):
    """How likely a cause is beforehand, and how much work its fix is (easy, medium, hard)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    EASY = "easy"
    HARD = "hard"


class Remedy(StrEnum):
    """Ways to mend a cause, from the cheapest on; ``tui401.recovery`` makes fixes of them."""

    CANONICAL = "canonical"  # write the same credential exactly right
    ADD_SCHEME = "add-scheme"  # put the scheme that the challenge names before the value
    USE_SCHEME = "use-scheme"  # replace the scheme by the one that the challenge names
    REPAIRED = "repaired"  # write the same credential with the damage inside it undone
    SEND_ONCE = "send-once"
    FINAL_ADDRESS = "final-address"
    PLACEMENT = "placement"  # move the same credential to the header that the API names
    NEAR_PATH = "near-path"  # call the address that was meant, where an experiment found it
    NAMED = "named"  # send the credential that the command names, and another source replaced
    DIRECT = "direct"  # past the forward proxy, where an experiment showed that it is at fault
    NEW_TOKEN = "new-token"  # another token, for the expected audience and scopes
    PASTE = "paste"  # another credential from the person
    SIGN_IN = "sign-in"
    WAIT = "wait"
    MEND_CLOCK = "mend-clock"  # of this machine, by the person
    TELL_OWNER = "tell-owner"  # the report goes to the API's or issuer's owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """The page that ``tui401 why`` and the step screens print; plain text, a paragraph a string.

    Attributes:
        what: What happened.
        why: Why it matters, and how it comes about.
        settle: What settles it.
        mend: What to do.
        example: A refusal of this kind, made up.
        references: RFC sections and other public sources.
    """

    what: str
    why: str
    settle: str
    mend: str
    example: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A way for a request to be refused.

    Attributes:
        slug: Its name; it never changes.
        step: The step it belongs to.
        likelihood: Beforehand.
        effort: Of its fix.
        title: A short sentence for a verdict.
        fix: A short sentence: what to do.
        explains: Causes that are its symptoms when they rest on a common fact; acyclic.
        remedies: Ways to mend it, best first.
        manual: Its page.
        judge: From facts to a verdict; None where the words of servers alone decide.
    """

    slug: str
    step: Step
    likelihood: Level
    effort: Level
    title: str
    fix: str
    manual: Manual
    explains: frozenset[str] = field(default_factory=frozenset)
    remedies: tuple[Remedy, ...] = ()
    judge: Callable[[Facts], Verdict] | None = None
