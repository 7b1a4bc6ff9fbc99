"""Every option that curl 7.88 to 8.x knows: whether it takes a value, and what it means for a request that was refused.

Source: curl's own manual page and its list of options. A row is ``name[/letter][= or ?]``: ``=`` takes a value, ``?``
can be switched off by ``--no-name``, a bare name is a switch that cannot.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui401.intake.core import IntakeError, plain


class Use(StrEnum):
    """What an option is for."""

    REQUEST = "request"  # shapes what is sent
    TRANSPORT = "transport"  # shapes how it travels
    CREDENTIAL = "credential"  # chooses among credentials, see `tui401.intake.credentials`
    OUTPUT = "output"  # shapes what curl prints or stores: accepted and ignored
    OTHER = "other"  # for protocols that are not HTTP: accepted and ignored
    UNSUPPORTED = "unsupported"  # known, not done; `UNSUPPORTED` says what that means
    REFUSED = "refused"  # known, and leaving it out would send the request elsewhere


@dataclass(frozen=True, slots=True)
class Option:
    """One option of curl.

    Attributes:
        name: Its long name without dashes.
        letter: Its short form without the dash, or "".
        takes_value: Whether a value follows.
        can_be_off: Whether ``--no-name`` exists.
        use: What it is for.
    """

    name: str
    letter: str
    takes_value: bool
    can_be_off: bool
    use: Use

    @property
    def shown(self) -> str:
        """How a sentence names it."""
        return f"-{self.letter}" if self.letter else f"--{self.name}"


_ROWS: Final[Mapping[Use, str]] = {
    Use.REQUEST: """
        url= request/X= header/H= data/d= data-ascii= data-raw= data-binary= data-urlencode= json= form/F= form-string=
        form-escape? get/G? head/I? referer/e= user-agent/A= cookie/b= junk-session-cookies/j? range/r= continue-at/C=
        upload-file/T= request-target= path-as-is? url-query= compressed? time-cond/z= globoff/g? next/: variable=
        config/K= disable/q? proto-default= disallow-username-in-url? tr-encoding? etag-compare= crlf?
    """,
    Use.CREDENTIAL: """
        user/u= oauth2-bearer= netrc/n? netrc-file= netrc-optional? basic? digest? anyauth aws-sigv4=
    """,
    Use.TRANSPORT: """
        insecure/k? cacert= cert/E= cert-type= key= key-type= pass= proxy/x= proxy-user/U= noproxy= resolve= connect-to=
        max-time/m= connect-timeout= location/L? location-trusted? follow? max-redirs= http1.0/0 http1.1 proxy1.0=
        socks4= socks4a= socks5= socks5-hostname= capath= proxy-basic?
    """,
    Use.OUTPUT: """
        silent/s? show-error/S? verbose/v? include/i? show-headers? output/o= remote-name/O? remote-name-all?
        remote-header-name/J? output-dir= write-out/w= dump-header/D= fail/f? fail-with-body? fail-early? trace=
        trace-ascii= trace-time? trace-ids? trace-config= progress-bar/#? progress-meter? buffer/N?
        stderr= create-dirs? create-file-mode= styled-output? suppress-connect-headers? xattr? remote-time/R? libcurl=
        cookie-jar/c= etag-save= clobber? skip-existing? remove-on-error? raw? limit-rate= rate= speed-limit/Y=
        speed-time/y= max-filesize= retry= retry-all-errors? retry-connrefused? retry-delay= retry-max-time= parallel/Z?
        parallel-immediate? parallel-max= parallel-max-host= keepalive? keepalive-time= keepalive-cnt= tcp-nodelay?
        tcp-fastopen? mptcp? ip-tos= vlan-priority= sessionid? ssl-sessions= false-start? happy-eyeballs-timeout-ms=
        expect100-timeout= ignore-content-length? alt-svc= hsts= use-ascii/B? out-null? proto= proto-redir= post301?
        post302? post303? cert-status? ca-native? proxy-ca-native? dump-ca-embed
    """,
    Use.OTHER: """
        append/a? list-only/l? quote/Q= ftp-account= ftp-alternative-to-user= ftp-create-dirs? ftp-method= ftp-pasv
        ftp-port/P= ftp-pret? ftp-skip-pasv-ip? ftp-ssl? ftp-ssl-ccc? ftp-ssl-ccc-mode= ftp-ssl-control? ftp-ssl-reqd?
        disable-eprt? disable-epsv? eprt? epsv? ssl? ssl-reqd? mail-auth= mail-from= mail-rcpt= mail-rcpt-allowfails?
        telnet-option/t= tftp-blksize= tftp-no-options? pubkey= hostpubmd5= hostpubsha256= knownhosts= compressed-ssh?
        sasl-authzid= sasl-ir? login-options= krb= krb4= egd-file= random-file= engine= metalink? npn? alpn? sslv2/2
        sslv3/3 http0.9? tlsuser= tlspassword= tlsauthtype= socks5-basic? upload-flags= ipfs-gateway= test-event?
        test-duphandle? wdebug?
    """,
    Use.UNSUPPORTED: """
        ntlm? ntlm-wb? negotiate? delegation= service-name= http2 http2-prior-knowledge http3
        http3-only proxy-header= proxy-digest? proxy-ntlm? proxy-negotiate? proxy-anyauth? proxytunnel/p? proxy-cacert=
        proxy-capath= proxy-cert= proxy-cert-type= proxy-ciphers= proxy-crlfile= proxy-insecure? proxy-key=
        proxy-key-type= proxy-pass= proxy-pinnedpubkey= proxy-service-name= proxy-ssl-allow-beast?
        proxy-ssl-auto-client-cert? proxy-tls13-ciphers= proxy-tlsauthtype= proxy-tlspassword= proxy-tlsuser=
        proxy-tlsv1 proxy-http2? proxy-http3? interface= local-port= ipv4/4 ipv6/6 dns-interface= dns-ipv4-addr=
        dns-ipv6-addr= dns-servers= doh-url= doh-insecure? doh-cert-status? ciphers= tls13-ciphers= curves= sigalgs=
        crlfile= pinnedpubkey= tls-max= tlsv1/1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tls-earlydata? ech= ssl-allow-beast?
        ssl-auto-client-cert? ssl-no-revoke? ssl-revoke-best-effort? haproxy-protocol? haproxy-clientip= socks5-gssapi?
        socks5-gssapi-nec? socks5-gssapi-service= httpsig-algo= httpsig-headers= httpsig-key= httpsig-keyid=
    """,
    Use.REFUSED: """
        unix-socket= abstract-unix-socket= preproxy= help/h= manual/M? version/V?
    """,
}


def _read(rows: Mapping[Use, str]) -> dict[str, Option]:
    table: dict[str, Option] = {}
    for use, text in rows.items():
        for row in text.split():
            name, _, letter = row.rstrip("=?").partition("/")
            table[name] = Option(name, letter, row.endswith("="), row.endswith("?"), use)
    return table


OPTIONS: Final[Mapping[str, Option]] = _read(_ROWS)
"""All options by long name."""

LETTERS: Final[Mapping[str, Option]] = {option.letter: option for option in OPTIONS.values() if option.letter}
"""All options that have a short form, by letter."""

_AUTH: Final = "the request goes out without it, so a refusal says nothing about that credential"
_TLS: Final = "TLS is settled as usual instead"
_PROXY: Final = "the proxy is used without it"
_ADDRESS: Final = "addresses are chosen as usual instead"

UNSUPPORTED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("ntlm", "ntlm-wb", "negotiate", "delegation", "service-name"), _AUTH),
    **dict.fromkeys(("httpsig-algo", "httpsig-headers", "httpsig-key", "httpsig-keyid"), _AUTH),
    **dict.fromkeys(("http2", "http2-prior-knowledge", "http3", "http3-only"), "it is sent as HTTP/1.1"),
    **dict.fromkeys(("ipv4", "ipv6", "interface", "local-port", "dns-interface", "dns-ipv4-addr"), _ADDRESS),
    **dict.fromkeys(("dns-ipv6-addr", "dns-servers", "doh-url", "doh-insecure", "doh-cert-status"), _ADDRESS),
    **dict.fromkeys(("haproxy-protocol", "haproxy-clientip"), "no PROXY line is sent"),
}
"""What it means that an option is not done. Names that are missing here: see `meaning`."""


def meaning(option: Option) -> str:
    """The half sentence that says what becomes of a request when this unsupported option is left out."""
    if option.name in UNSUPPORTED:
        return UNSUPPORTED[option.name]
    return _PROXY if option.name.startswith(("proxy", "socks5")) else _TLS


def long_option(word: str) -> tuple[Option, bool]:
    """Looks up what stands behind two dashes.

    Args:
        word: The text behind the dashes, for example ``no-buffer``.

    Returns:
        The option, and whether it is switched on.

    Raises:
        IntakeError: Unknown or ambiguous, with what comes near it.
    """
    if word in OPTIONS:
        return OPTIONS[word], True
    name, on = (word[3:], False) if word.startswith("no-") else (word, True)
    found = OPTIONS.get(name) or _by_prefix(name)
    if found is None:
        raise _unknown(word)
    if not on and not found.can_be_off:
        raise IntakeError(f"curl has no --no-{found.name}: --{found.name} cannot be switched off. Leave it out.")
    return found, on


def short_option(letter: str) -> Option:
    """Looks up one letter behind a single dash; raises IntakeError when curl has none such."""
    found = LETTERS.get(letter)
    if found is None:
        shown = plain(letter)
        near = LETTERS.get(letter.swapcase())
        hint = f" Did you mean {near.shown} (--{near.name})?" if near else ""
        raise IntakeError(f"curl has no option -{shown}.{hint} Correct it and try again.")
    return found


def _by_prefix(name: str) -> Option | None:
    """The only option that begins so, which curl before 8.11 took for it."""
    hits = [option for key, option in OPTIONS.items() if name and key.startswith(name)]
    if len(hits) > 1:
        names = ", ".join(f"--{option.name}" for option in hits[:4])
        raise IntakeError(f"The option --{plain(name)} is ambiguous: {names}. Write it in full.")
    return hits[0] if hits else None


def _unknown(word: str) -> IntakeError:
    name, equals, _ = word.partition("=")
    known = OPTIONS.get(name)
    if equals and known is not None:
        return IntakeError(f"curl does not take --{name}=…; write --{name} and its value with a space between them.")
    shown = plain(name)
    near = difflib.get_close_matches(name[:40], OPTIONS, n=3, cutoff=0.72)
    hint = f" Did you mean {' or '.join('--' + n for n in near)}?" if near else ""
    return IntakeError(
        f"curl has no option {'--' + shown if shown else 'of that name'}.{hint} Correct it and try again."
    )
