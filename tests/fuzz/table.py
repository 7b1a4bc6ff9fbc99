"""Every public parser of ``wire`` and ``intake``: what it is given, how it is called, and what it may raise.

A parser that is missing here fails the test of this table, so a new one is fuzzed from its first day.
"""

from __future__ import annotations

from typing import Final

from tests.fuzz.calls import (
    BY,
    HOME,
    KINDS,
    WORDS,
    Parser,
    argv_of,
    called_of,
    credential_of,
    cut_of,
    each_kind,
    echo_of,
    entry_of,
    filler,
    from_text,
    har_of,
    located,
    pieces_of,
    refilled,
    signed,
    world,
)
from tui401.intake import (
    address,
    called,
    config,
    cookies,
    core,
    credentials,
    curl_options,
    data,
    document,
    glob,
    harentry,
    messages,
    netrc,
    openapi,
    paste,
    proxies,
    rawhttp,
    security,
    servers,
    shell,
    surface,
    transcript,
    unquoted,
    windows,
)
from tui401.intake.words import Word
from tui401.model.http import From
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.wire import (
    around,
    asked,
    authorization,
    base64url,
    basic,
    bodies,
    challenge,
    claims,
    claims_shown,
    echo,
    fields,
    garbage,
    handshake,
    ids,
    jwt,
    keeping,
    mapped,
    markup,
    placeholder,
    places,
    proof,
    redact,
    redact_header,
    redact_text,
    refill,
    schemes,
    seen,
    shapes,
    signature,
    signing,
    spans,
    spelled,
    textjson,
    urlkeys,
    visible,
)
from tui401.wire.tokentext import TokenText
from tui401.wire.veil import Veil

PARSERS: Final[dict[str, Parser]] = {
    "wire.around.quality": Parser(around.quality),
    "wire.around.Cut": Parser(cut_of),
    "wire.asked.perhaps_keys": Parser(lambda r: asked.perhaps_keys(redact.request(r, Names())), takes="request"),
    "wire.asked.perhaps_cookie": Parser(lambda r: asked.perhaps_cookie(redact.request(r, Names())), takes="request"),
    "wire.asked.perhaps_elsewhere": Parser(
        lambda r: asked.perhaps_elsewhere(redact.request(r, Names())), takes="request"
    ),
    "wire.authorization.take_apart": Parser(
        lambda text: (authorization.take_apart(text), authorization.take_apart(text, bare=True))
    ),
    "wire.authorization.canonical": Parser(
        lambda text: (authorization.canonical(text), authorization.canonical(text, "Bearer"))
    ),
    "wire.authorization.repaired": Parser(
        lambda text: (authorization.repaired(text), authorization.repaired(text, "Basic"))
    ),
    "wire.base64url.decode_bytes": Parser(
        lambda text: [base64url.decode_bytes(piece, "header") for piece in TokenText.of(text).pieces(5)]
    ),
    "wire.base64url.decode_object": Parser(
        lambda text: [base64url.decode_object(piece, "header") for piece in TokenText.of(text).pieces(5)]
    ),
    "wire.basic.decode_basic": Parser(basic.decode_basic),
    "wire.basic.looks_basic": Parser(basic.looks_basic),
    "wire.basic.basic_defects": Parser(lambda text: basic.basic_defects(text, 3)),
    "wire.basic.repaired_basic": Parser(basic.repaired_basic),
    "wire.bodies.read": Parser(
        lambda text: [
            (found := bodies.read(raw, kind)).all + found.get("error")
            for raw in (text, text.encode("utf-8", "surrogatepass"))
            for kind in KINDS
        ]
    ),
    "wire.challenge.parse": Parser(lambda text: challenge.parse([text, f'Bearer realm="{text}', text[::-1]])),
    "wire.claims.numeric_date": Parser(lambda c: [claims.numeric_date(v) for v in c.values()], takes="claims"),
    "wire.claims.audiences": Parser(claims.audiences, takes="claims"),
    "wire.claims.scopes": Parser(claims.scopes, takes="claims"),
    "wire.claims.roles": Parser(claims.roles, takes="claims"),
    "wire.claims.odd_claims": Parser(lambda c: claims.odd_claims(c, 0, 10), takes="claims"),
    "wire.claims_shown.clean": Parser(lambda text: claims_shown.clean(text, 50)),
    "wire.claims_shown.shown": Parser(claims_shown.shown, takes="claims"),
    "wire.echo.Echo": Parser(echo_of),
    "wire.echo.basic_pair": Parser(echo.basic_pair),
    "wire.fields.media_type": Parser(lambda text: fields.media_type([Secret(text)])),
    "wire.fields.pairs": Parser(lambda text: [*fields.pairs(text), *fields.pairs(text, form=True)]),
    "wire.fields.parameters": Parser(fields.parameters),
    "wire.fields.json_fields": Parser(fields.json_fields),
    "wire.fields.json_escaped": Parser(fields.json_escaped),
    "wire.fields.multipart_fields": Parser(fields.multipart_fields),
    "wire.fields.is_json": Parser(each_kind(lambda text, kind: fields.is_json(kind, text))),
    "wire.fields.is_form": Parser(each_kind(lambda text, kind: fields.is_form(kind, text))),
    "wire.fields.text_fields": Parser(each_kind(fields.text_fields)),
    "wire.fields.body_fields": Parser(
        each_kind(lambda text, kind: fields.body_fields(text.encode("utf-8", "surrogatepass"), kind))
    ),
    "wire.fields.without_query_fields": Parser(lambda text: fields.without_query_fields(text, {"access_token", "a"})),
    "wire.fields.without_body_fields": Parser(
        each_kind(
            lambda text, kind: fields.without_body_fields(text.encode("utf-8", "surrogatepass"), kind, {"error", "a"})
        )
    ),
    "wire.garbage.garbage_for": Parser(
        lambda text: [
            garbage.garbage_for(scheme, Secret(text)).reveal() for scheme in ("Bearer", "Basic", "Digest", "")
        ]
    ),
    "wire.handshake.kind": Parser(handshake.kind),
    "wire.ids.identifiers": Parser(lambda text: ids.identifiers([("X-Request-Id", text), (text[:40], text)])),
    "wire.ids.identifiers_in": Parser(lambda text: ids.identifiers_in([("text", text)])),
    "wire.jwt.take_apart": Parser(jwt.take_apart),
    "wire.jwt.expected_signature_bytes": Parser(
        lambda c: [jwt.expected_signature_bytes(v) for v in c.values()], takes="claims"
    ),
    "wire.keeping.with_only": Parser(located(keeping.with_only), takes="request"),
    "wire.keeping.moved": Parser(
        located(lambda request, found: keeping.moved(request, found, "X-API-Key", "Bearer", BY)), takes="request"
    ),
    "wire.mapped.as_bytes": Parser(mapped.as_bytes),
    "wire.markup.xml_texts": Parser(markup.xml_texts),
    "wire.markup.html_texts": Parser(markup.html_texts),
    "wire.placeholder.is_placeholder": Parser(placeholder.is_placeholder),
    "wire.placeholder.is_mask": Parser(placeholder.is_mask),
    "wire.placeholder.looks_random": Parser(placeholder.looks_random),
    "wire.places.locate": Parser(places.locate, takes="request"),
    "wire.places.secret_of": Parser(located(lambda _request, found: places.secret_of(found).reveal()), takes="request"),
    "wire.places.garbage": Parser(located(lambda _request, found: places.garbage(found).reveal()), takes="request"),
    "wire.places.without_credentials": Parser(places.without_credentials, takes="request"),
    "wire.places.with_credential": Parser(
        located(lambda request, found: places.with_credential(request, found, Secret("new"), BY)), takes="request"
    ),
    "wire.proof.token_hash": Parser(proof.token_hash),
    "wire.proof.thumbprint": Parser(proof.thumbprint, takes="claims"),
    "wire.proof.same_address": Parser(
        lambda text: (proof.same_address(text, text[::-1]), proof.same_address(text, "https://h.example/a"))
    ),
    "wire.proof.unbound": Parser(lambda r: proof.unbound(r, {"cnf": {"jkt": "x"}}), takes="request"),
    "wire.redact.request": Parser(lambda r: redact.request(r, Names()), takes="request"),
    "wire.redact.credentials": Parser(lambda r: redact.credentials(r, Names()), takes="request"),
    "wire.redact.response": Parser(lambda r: redact.response(r, Names(), [Secret("known-0123")]), takes="response"),
    "wire.redact.hop": Parser(lambda e: redact.hop(e.hops[-1], Names()), takes="exchange"),
    "wire.redact.answer": Parser(lambda e: redact.answer(e, Names(), label="original"), takes="exchange"),
    "wire.redact.text": Parser(lambda text: redact.text(text, Names())),
    "wire.redact.url": Parser(lambda text: redact.url(text, Names())),
    "wire.redact.token": Parser(lambda text: (redact.token(text), redact.token(text, Names()))),
    "wire.redact.claims": Parser(lambda c: (redact.claims(c), redact.claims(c, Names())), takes="claims"),
    "wire.redact_header.in_header": Parser(
        lambda text: [
            [*redact_header.in_header(name, text, ours=ours)]
            for name in ("Authorization", "Cookie", "Set-Cookie", "WWW-Authenticate", "Location", "X-Odd", text[:30])
            for ours in (True, False)
        ]
    ),
    "wire.redact_text.in_text": Parser(
        lambda text: [*redact_text.in_text(text), *redact_text.in_text(text, identifier=True)]
    ),
    "wire.redact_text.in_url": Parser(lambda text: redact_text.in_url(text, 0, len(text))),
    "wire.redact_text.in_target": Parser(lambda text: redact_text.in_target(text, 0, len(text), "api.telegram.org")),
    "wire.redact_text.in_body": Parser(each_kind(lambda text, kind: redact_text.in_body(text, kind, ours=True))),
    "wire.refill.missing": Parser(refilled, (ValueError,), takes="request"),
    "wire.refill.filled": Parser(refilled, (ValueError,), takes="request"),
    "wire.refill.origin_of": Parser(refill.origin_of, (ValueError,)),
    "wire.schemes.is_known": Parser(schemes.is_known),
    "wire.schemes.may_be_scheme": Parser(schemes.may_be_scheme),
    "wire.schemes.has_parameters": Parser(
        lambda text: [schemes.has_parameters(s, text) for s in ("Digest", text[:20])]
    ),
    "wire.schemes.canonical_name": Parser(schemes.canonical_name),
    "wire.schemes.misspelled": Parser(schemes.misspelled),
    "wire.seen.matters": Parser(located(credential_of), takes="request"),
    "wire.seen.name": Parser(located(credential_of), takes="request"),
    "wire.seen.credential": Parser(located(credential_of), takes="request"),
    "wire.seen.cover": Parser(seen.cover(Veil(Names()))),
    "wire.seen.token_shown": Parser(lambda text: seen.token_shown(jwt.take_apart(text), None)),
    "wire.shapes.is_random": Parser(shapes.is_random),
    "wire.shapes.public_prefix": Parser(shapes.public_prefix),
    "wire.shapes.is_sentence": Parser(shapes.is_sentence),
    "wire.shapes.is_plain": Parser(shapes.is_plain),
    "wire.shapes.is_refusal": Parser(shapes.is_refusal),
    "wire.shapes.is_bare_value": Parser(shapes.is_bare_value),
    "wire.signature.of": Parser(lambda r: signature.of(r, redact.response(r, Names())), takes="response"),
    "wire.signature.masked": Parser(signature.masked),
    "wire.signing.read": Parser(signed, takes="request"),
    "wire.signing.absent": Parser(signed, takes="request"),
    "wire.signing.parameters": Parser(signing.parameters),
    "wire.signing.of_host": Parser(signing.of_host),
    "wire.spans.of_header_line": Parser(lambda text: spans.of_header_line(text, Names())),
    "wire.spans.of_request_line": Parser(lambda text: spans.of_request_line(text, Names())),
    "wire.spans.of_body": Parser(each_kind(lambda text, kind: spans.of_body(text, kind, Names()))),
    "wire.spelled.folded": Parser(spelled.folded),
    "wire.spelled.plain_base64": Parser(spelled.plain_base64),
    "wire.spelled.unescaped": Parser(spelled.unescaped),
    "wire.spelled.squeezed": Parser(spelled.squeezed),
    "wire.spelled.unescaped_map": Parser(spelled.unescaped_map),
    "wire.spelled.squeezed_map": Parser(spelled.squeezed_map),
    "wire.spelled.softened_map": Parser(spelled.softened_map),
    "wire.spelled.unfolded_map": Parser(spelled.unfolded_map),
    "wire.spelled.base64_decoded": Parser(spelled.base64_decoded),
    "wire.spelled.hex_decoded": Parser(spelled.hex_decoded),
    "wire.textjson.decode": Parser(textjson.decode),
    "wire.textjson.loose_texts": Parser(textjson.loose_texts),
    "wire.textjson.without_halves": Parser(lambda text: textjson.without_halves(text).encode()),
    "wire.tokentext.TokenText": Parser(pieces_of),
    "wire.urlkeys.path_keys": Parser(
        lambda text: [*urlkeys.path_keys(text), *urlkeys.path_keys(text, "hooks.slack.com")]
    ),
    "wire.veil.Veil": Parser(lambda text: Veil(Names()).text(text, 100)),
    "wire.visible.visible": Parser(lambda text: (visible.visible(text), visible.visible(text, 50, lines=True))),
    "wire.visible.is_visible": Parser(visible.is_visible),
    "intake.address.parse": Parser(
        lambda text: (a := address.parse(text), a.with_query("x=1"), a.with_file_name("f")), WORDS
    ),
    "intake.address.looks_like_host": Parser(address.looks_like_host),
    "intake.argv.from_argv": Parser(argv_of, WORDS, takes="words"),
    "intake.bash.Lexer": Parser(lambda text: shell.take(text, filler(), HOME), WORDS),
    "intake.called.begins": Parser(called.begins),
    "intake.called.is_curl": Parser(called.is_curl),
    "intake.called.called": Parser(called_of, takes="words"),
    "intake.called.for_curl": Parser(called_of, takes="words"),
    "intake.called.notes": Parser(called_of, takes="words"),
    "intake.config.entries": Parser(config.entries, WORDS),
    "intake.config.short_name": Parser(lambda text: config.short_name(text, HOME)),
    "intake.cookies.read": Parser(cookies.read),
    "intake.core.to_bytes": Parser(core.to_bytes),
    "intake.core.to_text": Parser(lambda text: core.to_text(text.encode("utf-16", "surrogatepass"))),
    "intake.core.plain": Parser(core.plain),
    "intake.core.quoted": Parser(core.quoted),
    "intake.core.is_number": Parser(lambda text: core.is_number(text, 5)),
    "intake.credentials.basic": Parser(lambda text: credentials.basic(text, text[::-1], BY)),
    "intake.credentials.of_basic": Parser(credentials.of_basic),
    "intake.curl_options.long_option": Parser(curl_options.long_option, WORDS),
    "intake.curl_options.short_option": Parser(lambda text: [curl_options.short_option(text[:1])], WORDS),
    "intake.data.percent_encoded": Parser(lambda text: data.percent_encoded(text.encode("utf-8", "surrogatepass"))),
    "intake.data.data": Parser(
        lambda text: [
            data.data(option, text, world()) for option in ("--data", "--data-raw", "--json", "--data-binary")
        ],
        WORDS,
    ),
    "intake.data.urlencoded": Parser(lambda text: data.urlencoded(text, world(), "--data-urlencode"), WORDS),
    "intake.data.query_part": Parser(lambda text: data.query_part(text, world()), WORDS),
    "intake.document.read_document": Parser(document.read_document, WORDS),
    "intake.glob.first": Parser(glob.first, WORDS),
    "intake.glob.opens": Parser(glob.opens),
    "intake.harentry.entry_from": Parser(entry_of, (harentry.BadEntryError,), takes="claims"),
    "intake.harentry.values": Parser(lambda text: harentry.values([harentry.Line(name=text, value=text)], text)),
    "intake.harfile.HarFile": Parser(har_of),
    "intake.messages.head": Parser(lambda text: messages.head(text.split("\n"), From.PASTE, filler())),
    "intake.messages.request": Parser(
        lambda text: messages.request("GET", text[:200], messages.head(text.split("\n"), From.PASTE), text), WORDS
    ),
    "intake.messages.response": Parser(lambda text: messages.response(text.split("\n"), text)),
    "intake.netrc.find": Parser(
        lambda text: (netrc.find(text, "h.example"), netrc.find(text, "h.example", "a")), WORDS
    ),
    "intake.openapi.requirements": Parser(
        lambda text: openapi.requirements(text, "GET", "https://api.example.com/v1/orders").shown(), WORDS
    ),
    "intake.openapi.described": Parser(
        lambda text: openapi.described(text)("POST", Secret("https://api.example.com/v1/orders/7?x=1")), WORDS
    ),
    "intake.paste.recognise": Parser(lambda text: paste.recognise(text, cwd=HOME)),
    "intake.paste.from_text": Parser(from_text, WORDS),
    "intake.paste.fill": Parser(from_text, WORDS),
    "intake.paste.read_files": Parser(from_text, WORDS),
    "intake.proxies.spares": Parser(
        lambda text: [proxies.spares(text, host) for host in ("h.example", "::1", text[:50])]
    ),
    "intake.rawhttp.is_request": Parser(rawhttp.is_request),
    "intake.rawhttp.answer_in": Parser(rawhttp.answer_in),
    "intake.rawhttp.read": Parser(lambda text: rawhttp.read(text, filler()), WORDS),
    "intake.security.plain": Parser(security.plain),
    "intake.security.resolved": Parser(
        lambda c: security.resolved({"a": c, "components": c}, {"$ref": "#/components/a"}), takes="claims"
    ),
    "intake.servers.closeness": Parser(
        lambda text: [servers.closeness(text, "/v1/orders/7"), servers.closeness("/v1/{a}.x/{b}", text)]
    ),
    "intake.shell.take": Parser(lambda text: shell.take(text, filler(), HOME), WORDS),
    "intake.shell.is_cmdlet": Parser(shell.is_cmdlet),
    "intake.surface.cleaned": Parser(surface.cleaned),
    "intake.surface.without_prompts": Parser(surface.without_prompts),
    "intake.surface.calls_curl": Parser(surface.calls_curl),
    "intake.surface.inspect": Parser(lambda text: surface.inspect([Word(w) for w in text.split(" ")])),
    "intake.transcript.is_transcript": Parser(transcript.is_transcript),
    "intake.transcript.read": Parser(lambda text: transcript.read(text, filler()), WORDS),
    "intake.unquoted.cut_short": Parser(unquoted.cut_short),
    "intake.windows.cmd": Parser(lambda text: windows.cmd(text, filler()), WORDS),
    "intake.windows.powershell": Parser(lambda text: windows.powershell(text, filler()), WORDS),
}

THROUGH_ARGV: Final = frozenset(
    {
        "intake.unquoted.notes",
        *("intake.argv.from_argv_source", "intake.argv.from_words", "intake.build.build", "intake.credentials.choose"),
        *(
            "intake.credentials.settings_user_by",
            "intake.data.joined",
            "intake.elsewhere.notes",
            "intake.elsewhere.way_to",
        ),
        *("intake.expand.Expander", "intake.headers.given_headers", "intake.holders.notes", "intake.multipart.build"),
        *("intake.proxies.forbidden", "intake.proxies.route", "intake.reading.Reading", "intake.settings.Settings"),
        *(
            "intake.transport.decided",
            "intake.transport.travel",
            "intake.curl_variables.Variables",
            "intake.files.Files",
        ),
        *("intake.variables.Filler", "intake.transport.authorities_of_environment", "intake.config.curlrc"),
        *("intake.cookies.header", "intake.rawhttp.seen", "intake.harentry.is_http", "intake.harentry.started"),
        *(
            "intake.harentry.hop_of",
            "intake.harentry.request_body",
            "intake.servers.remainders",
            "intake.servers.Asked",
        ),
        *("intake.address.Address", "intake.messages.Head", "intake.openapi.Requirements", "intake.security.Security"),
        *(
            "wire.bodies.ErrorBody",
            "wire.fields.cut",
            "wire.mapped.Mapped",
            "wire.tokentext.Piece",
            "intake.words.Word",
        ),
        *("intake.core.Intake", "intake.core.note", "wire.refill.way_of", "wire.textjson.loose_path"),
    }
)
"""What the parsers above call, each with what they made of an input; a test looks that they do."""

NO_PARSERS: Final = frozenset(
    {
        *("wire.asked.headers_named", "wire.asked.scheme_in_authorization", "wire.asked.destination"),  # of facts
        *("wire.seen.held_back", "wire.signing.day", "intake.curl_options.meaning"),  # of the program's own values
        *("intake.paste.from_file",),  # opens a file and hands its text on to from_text
    }
)
