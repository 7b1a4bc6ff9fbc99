"""The least scopes on a real OpenID provider: the narrowest token first, by the client's own grant and by refresh."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.real.parts.apis import Api
from tests.real.parts.provider import Provider
from tests.real.recovering import known_of
from tui401.intake import from_argv
from tui401.model.case import Case, Known, Options
from tui401.model.events import Event
from tui401.model.fix import Answer, Asks, Question
from tui401.model.saved import encode
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.recovery import recover
from tui401.recovery.afterwards import least_scopes
from tui401.recovery.rotation import Rotation

BOTH = ("orders:read", "orders:write")


async def searched(command: Sequence[str], known: Known, fix: str) -> tuple[CaseView, list[Secret[str]]]:
    """A recovery by this fix, then the search; and the refresh tokens that were kept meanwhile."""
    intake = from_argv(["-q", *command[1:]], env={}, home="/", cwd="/")
    case = Case(
        id="7f3a0004",
        request=intake.request,
        known=known,
        intake=intake.shown(),
        options=Options(send_consented=True),
    )
    view, kept, taken = CaseView(), [], []

    def emit(event: Event) -> None:
        nonlocal view
        view = apply(view, event)

    async def ask(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("yes")
        key = next((c.key for c in question.choices if c.key.startswith(f"fix:{fix}") and c.key not in taken), "stop")
        taken.append(key)
        return Answer(key)

    async def keep(secret: Secret[str]) -> str:
        kept.append(secret)
        return ""

    rotation = Rotation(keep=keep)
    assert await recover(case, ask=ask, emit=emit, rotation=rotation) is Outcome.RECOVERED
    await least_scopes(case, view, ask=ask, emit=emit, rotation=rotation)
    return view, kept


async def test_by_the_clients_own_grant_the_scope_that_the_api_wants_stands_alone(
    provider: Provider, fastapi_api: Api
) -> None:
    known = known_of(provider, "service", scopes=BOTH)
    view, _ = await searched(fastapi_api.get(provider.outlived()), known, "new-token:client_credentials")
    found = view.least_scopes
    assert found is not None
    assert found.settled, found
    assert found.smallest == ("orders:read",)
    assert found.tried[0].asked == ()
    assert all(set(one.granted) <= set(BOTH) for one in found.tried)


async def test_by_refresh_each_successor_is_kept_and_the_session_goes_on(provider: Provider, fastapi_api: Api) -> None:
    first = str(provider.sign_in(scope=f"openid offline_access {' '.join(BOTH)}")["refresh_token"])
    known = known_of(provider, "web", scopes=BOTH, refresh_token=Secret(first))
    view, kept = await searched(fastapi_api.get(provider.outlived()), known, "new-token:refresh_token")
    found = view.least_scopes
    assert found is not None
    assert found.smallest == ("orders:read",)
    assert len({secret.reveal() for secret in kept}) == len(kept) >= 2
    shown = encode(view).decode()
    assert not [secret for secret in (first, *(one.reveal() for one in kept)) if secret[-12:] in shown]


@pytest.mark.parametrize("spare", [1, 6])
async def test_scopes_that_the_provider_does_not_know_are_not_taken_for_needed(
    provider: Provider, fastapi_api: Api, spare: int
) -> None:
    made_up = tuple(f"no:such:{number}" for number in range(spare))
    known = known_of(provider, "service", scopes=("orders:read", *made_up))
    view, _ = await searched(fastapi_api.get(provider.outlived()), known, "new-token:client_credentials")
    found = view.least_scopes
    assert found is not None
    assert found.smallest == ("orders:read",)
