"""How requests travel that the command did not ask for: to an issuer, to metadata, to where a redirect leads.

The command's own options hold for its own origin. What the environment says of proxies and certificates holds for all,
and is read here, on purpose: behind a company's proxy an issuer is reached by it or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui401.intake import proxies
from tui401.intake.core import IntakeError, note
from tui401.intake.files import Files
from tui401.intake.settings import Settings
from tui401.intake.transport import authorities_of_environment
from tui401.model.http import Origin, Transport
from tui401.model.shown import Note


def way_to(env: Mapping[str, str], files: Files) -> Callable[[Origin], Transport]:
    """The way to any other origin, by the environment alone; TLS is verified always.

    Args:
        env: The environment: ``https_proxy``, ``no_proxy``, ``SSL_CERT_FILE`` … as curl counts them.
        files: Tells whether a file is there.
    """
    named = authorities_of_environment(env)
    ca_file = files.path(named[1]) if named is not None and files.exists(named[1]) else None

    def way(origin: Origin) -> Transport:
        try:
            proxy = proxies.route(Settings(), origin, env).proxy
        except IntakeError:  # a proxy that is no address: the request's own origin says so, others go straight
            proxy = None
        return Transport(proxy=proxy, ca_file=ca_file if origin.scheme == "https" else None)

    return way


def notes(way: Callable[[Origin], Transport], own: Transport) -> tuple[Note, ...]:
    """What is to be said of that way where it is not the request's own.

    Args:
        way: From `way_to`.
        own: The request's own transport.
    """
    proxy = way(Origin("https", "issuer.invalid", 443)).proxy
    if proxy is None or proxy == own.proxy:
        return ()
    says = f"Issuers and their metadata are asked through the proxy {proxy.url}, by {proxy.provenance}."
    return (note("proxy-elsewhere", says),)
