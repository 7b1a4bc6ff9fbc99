"""What stands between: gateways, allowlists, limits, certificates, proxies, and wrong addresses."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import not_applicable, perhaps_of_a_proxy, quoted, ruled_out, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.verdict import Step, Strength, Verdict


def judge_rate(facts: Facts) -> Verdict:
    """429, or words of lockout and throttling."""
    slug = "rate-limited"
    if facts.response is None:
        return unknown(slug, "")
    told = facts.says(slug)
    after = next(iter(facts.response.values("retry-after")), "")
    wait = f"it asks to wait {after} s" if after.isdigit() else ""
    if facts.response.status == 429:
        return verdict(
            slug, Strength.CONFIRMED, "the answer is 429", wait, quoted(told), cites=("status", "credential")
        )
    if facts.refused and after:
        return verdict(
            slug,
            max(Strength.LIKELY, told.strength if told else Strength.LIKELY),
            wait or "it names a time to retry",
            quoted(told),
            cites=("status", "credential"),
        )
    if told is None:
        return ruled_out(slug, "it does not speak of a limit", cites=("status",))
    return unknown(slug, "")


def judge_proxy(facts: Facts) -> Verdict:
    """407, whatever scheme was sent."""
    slug = "proxy-authentication-required"
    told = facts.says(slug)
    if facts.response is None:
        return unknown(slug, "")
    if facts.response.status == 407:
        schemes = ", ".join(dict.fromkeys(c.scheme for c in facts.challenges if c.scheme))
        asks = f"the proxy asks for {schemes}" if schemes else ""
        return verdict(
            slug,
            Strength.CONFIRMED,
            "the answer is 407",
            asks,
            quoted(told),
            cites=("status", "credential", "credential.none", "scheme"),
        )
    if perhaps_of_a_proxy(facts):
        # RFC 9110, section 11.7: 407 is the proxy's status, and some answer with 401 all the same.
        why = "the request went through a forward proxy without TLS, so the 401 may be the proxy's own"
        strength = Strength.LIKELY if facts.who.kind == "proxy" else Strength.POSSIBLE
        return verdict(slug, strength, why, *facts.who.reasons[:1], cites=("status", "credential", "credential.none"))
    if told is not None:
        return unknown(slug, "")
    return not_applicable(slug, "no proxy answered")


CAUSES: Final = (
    Cause(
        slug="address-not-allowed",
        step=Step.SERVER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="The caller's network address is not allowed",
        fix="Have the address allowed",
        explains=frozenset({"permission-denied", "token-unrecognised", "gateway-rejected"}),
        remedies=(Remedy.TELL_OWNER,),
        manual=Manual(
            what="The server lets only certain network addresses in, and this one is not among them.",
            why=(
                "Office networks, VPNs and cloud machines leave by addresses that change. It works from one place and "
                "not from another."
            ),
            settle="The server names the address or an allowlist, or the same request succeeds from another address.",
            mend="Have the address this machine leaves by added, or send from one that is allowed.",
            example='HTTP/1.1 403\n\n{"message": "Your IP address is not on the allow list"}',
            references=("RFC 9110, section 15.5.4",),
        ),
    ),
    Cause(
        slug="rate-limited",
        step=Step.SERVER,
        likelihood=Level.LOW,
        effort=Level.EASY,
        title="Too many attempts; the server refuses for a while",
        fix="Wait as long as it says; lower the rate",
        explains=frozenset(
            {"permission-denied", "basic-credentials-invalid", "token-unrecognised", "account-disabled"}
        ),
        remedies=(Remedy.WAIT,),
        judge=judge_rate,
        manual=Manual(
            what="The server has had too many requests or failed attempts from here and refuses for a while.",
            why="Retry loops on a refused credential end so, and each further try can prolong the lock.",
            settle="Status 429, Retry-After, or words of lockout and throttling.",
            mend="Stop, wait as long as it says, then mend the credential before trying again.",
            example="HTTP/1.1 429\nRetry-After: 60",
            references=("RFC 6585, section 4",),
        ),
    ),
    Cause(
        slug="proxy-authentication-required",
        step=Step.SERVER,
        likelihood=Level.LOW,
        effort=Level.EASY,
        title="A forward proxy wants credentials",
        fix="Give the proxy its credential",
        explains=frozenset({"header-missing", "scheme-wrong", "basic-credentials-invalid", "token-unrecognised"}),
        remedies=(Remedy.PASTE,),
        judge=judge_proxy,
        manual=Manual(
            what="A proxy on the way out wants to know who is calling. The API has not been reached.",
            why=(
                "The client was given the proxy's address without user and password, or with a scheme the proxy does "
                "not take."
            ),
            settle="Status 407 with Proxy-Authenticate, also as an answer to CONNECT.",
            mend=(
                "Give the proxy its own credential (curl --proxy-user) with a scheme it names. The API's credential "
                "has no part in it."
            ),
            example='HTTP/1.1 407\nProxy-Authenticate: Basic realm="proxy"',
            references=("RFC 9110, section 15.5.8",),
        ),
    ),
)
