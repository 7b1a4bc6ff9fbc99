"""The guard in your own tests.

Put this into ``conftest.py``:

    pytest_plugins = ["tui401.testing"]

and a test that takes the fixture ``tui401_guard`` says what has to be in order before it calls an API:

    def test_orders(tui401_guard):
        tui401_guard.profile("prod", min_lifetime="5m", path="/v1/orders")
"""

from __future__ import annotations

import pytest

from tui401.guarded import GuardError, Outgoing, check_profile, check_request

__all__ = ["Guard", "tui401_guard"]


class Guard:
    """Fails the test, with the guard's sentences, before anything is sent."""

    def profile(self, name: str, *, min_lifetime: str = "0s", method: str = "GET", path: str = "/") -> None:
        """Judges the credential that is kept for a profile; see ``tui401.guarded.check_profile``."""
        __tracebackhide__ = True
        try:
            check_profile(name, min_lifetime=min_lifetime, method=method, path=path)
        except GuardError as error:
            pytest.fail(str(error), pytrace=False)

    def request(self, request: Outgoing, *, profile: str = "", min_lifetime: str = "0s") -> None:
        """Judges a request of httpx or requests; see ``tui401.guarded.check_request``."""
        __tracebackhide__ = True
        try:
            check_request(request, profile=profile, min_lifetime=min_lifetime)
        except GuardError as error:
            pytest.fail(str(error), pytrace=False)


@pytest.fixture
def tui401_guard() -> Guard:
    """The guard; nothing is sent by it."""
    return Guard()
