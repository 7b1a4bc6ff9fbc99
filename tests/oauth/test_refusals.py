"""What issuers say when they give no token, vendors' own codes included: each is a cause with its fix."""

from __future__ import annotations

import pytest

from tui401.causes import all_causes
from tui401.judge.said import read_grant
from tui401.model.shown import GrantSeen, Redacted
from tui401.model.verdict import Strength

ANY = "https://login.example/token"
ENTRA = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
OKTA = "https://dev-1.okta.com/oauth2/default/v1/token"
AUTH0 = "https://dev-1.eu.auth0.com/oauth/token"
KEYCLOAK = "https://sso.example/realms/main/protocol/openid-connect/token"
COGNITO = "https://pool.auth.eu-west-1.amazoncognito.com/oauth2/token"


@pytest.mark.parametrize(
    ("endpoint", "grant", "error", "description", "cause"),
    [
        (ANY, "client_credentials", "invalid_client", "", "client-rejected"),
        (ANY, "client_credentials", "unauthorized_client", "", "client-rejected"),
        (ANY, "refresh_token", "invalid_grant", "", "grant-rejected"),
        (ANY, "authorization_code", "invalid_grant", "", "grant-rejected"),
        (ANY, "device_code", "expired_token", "", "grant-rejected"),
        (ANY, "device_code", "access_denied", "", "consent-required"),
        (ANY, "authorization_code", "access_denied", "", "consent-required"),
        (ANY, "authorization_code", "login_required", "", "step-up-required"),
        (ANY, "authorization_code", "unmet_authentication_requirements", "", "step-up-required"),
        (ANY, "authorization_code", "temporarily_unavailable", "", "issuer-unavailable"),
        (ANY, "client_credentials", "invalid_scope", "", "scope-rejected"),
        (ANY, "client_credentials", "invalid_target", "", "audience-mismatch"),
        (ANY, "client_credentials", "use_dpop_nonce", "", "dpop-proof-invalid"),
        (ENTRA, "client_credentials", "invalid_client", "AADSTS7000215: Invalid client secret.", "client-rejected"),
        (ENTRA, "client_credentials", "invalid_client", "AADSTS7000222: The keys are expired.", "client-rejected"),
        (ENTRA, "refresh_token", "invalid_grant", "AADSTS700082: The refresh token has expired.", "grant-rejected"),
        (ENTRA, "authorization_code", "interaction_required", "AADSTS50076: You must use MFA.", "step-up-required"),
        (ENTRA, "refresh_token", "invalid_grant", "AADSTS65001: The user has not consented.", "consent-required"),
        (ENTRA, "refresh_token", "invalid_grant", "AADSTS50057: The user account is disabled.", "account-disabled"),
        (ENTRA, "client_credentials", "invalid_scope", "AADSTS70011: The scope is not valid.", "scope-rejected"),
        (ENTRA, "client_credentials", "invalid_resource", "AADSTS500011: No such principal.", "audience-mismatch"),
        (AUTH0, "client_credentials", "access_denied", "Unauthorized", "client-rejected"),
        (AUTH0, "refresh_token", "invalid_grant", "Unknown or invalid refresh token.", "grant-rejected"),
        (OKTA, "client_credentials", "invalid_client", "The client secret supplied is invalid.", "client-rejected"),
        (OKTA, "refresh_token", "invalid_grant", "The refresh token is invalid or expired.", "grant-rejected"),
        (KEYCLOAK, "client_credentials", "unauthorized_client", "Invalid client credentials", "client-rejected"),
        (KEYCLOAK, "refresh_token", "invalid_grant", "Session not active", "grant-rejected"),
        (KEYCLOAK, "refresh_token", "invalid_grant", "Token is not active", "grant-rejected"),
        (COGNITO, "refresh_token", "invalid_grant", "", "grant-rejected"),
        (COGNITO, "client_credentials", "invalid_client", "", "client-rejected"),
    ],
)
def test_a_refusal_of_an_issuer_is_a_cause(endpoint: str, grant: str, error: str, description: str, cause: str) -> None:
    seen = GrantSeen(
        grant=grant, endpoint=endpoint, ok=False, error=error, description=Redacted(description), status=400
    )
    told = read_grant(seen)
    strongest = max(told, key=lambda said: said.strength)
    assert strongest.cause == cause, told
    assert strongest.strength >= Strength.LIKELY
    assert strongest.by == "issuer"
    assert all_causes()[cause].fix


@pytest.mark.parametrize("error", ["authorization_pending", "slow_down"])
def test_what_is_no_refusal_is_no_cause(error: str) -> None:
    assert read_grant(GrantSeen(grant="device_code", endpoint=ANY, ok=False, error=error, status=400)) == ()
