// An OpenID provider made of the npm package oidc-provider. Its settings come as JSON on standard input, so that no
// client secret stands in the process list; it prints one line when it listens.
import { readFileSync } from 'node:fs';
import { Provider, errors, interactionPolicy } from 'oidc-provider';

const settings = JSON.parse(readFileSync(0, 'utf8'));
// { issuer, port, jwks, clients: [{ client_id, ..., token_life }], resources: { URI: { audience, scope } } }

const lives = new Map(settings.clients.map(({ client_id, token_life }) => [client_id, token_life]));
const clients = settings.clients.map(({ token_life, ...client }) => client);

// Whoever is asked for a stronger sign-in than they have signs in anew (OpenID Connect Core, 3.1.2.1).
const policy = interactionPolicy.base();
policy.get('login').checks.add(
  new interactionPolicy.Check('acr_values', 'another sign-in is asked for', ({ oidc }) => {
    const asked = (oidc.params.acr_values ?? '').split(' ').filter(Boolean);
    return asked.length && !asked.includes(oidc.acr)
      ? interactionPolicy.Check.REQUEST_PROMPT
      : interactionPolicy.Check.NO_NEED_TO_PROMPT;
  }),
);

const provider = new Provider(settings.issuer, {
  clients,
  jwks: settings.jwks,
  cookies: { keys: [settings.cookie_key] },
  scopes: ['openid', 'offline_access', ...new Set(Object.values(settings.resources).flatMap(({ scope }) => scope.split(' ')))],
  claims: { openid: ['sub'] },
  acrValues: ['bronze', 'gold'],
  interactions: { policy },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  // When and how somebody signed in stands in their tokens, so that an API can ask for more (RFC 9470).
  extraTokenClaims: (ctx) => {
    const code = ctx.oidc.entities.AuthorizationCode;
    return code && { auth_time: code.authTime, acr: code.acr };
  },
  // The token's life is the client's own: a client of two seconds gives tokens that have truly expired.
  ttl: {
    AccessToken: (ctx, token, client) => lives.get(client.clientId) ?? 3600,
    ClientCredentials: (ctx, token, client) => lives.get(client.clientId) ?? 3600,
    RefreshToken: 86400,
    Grant: 86400,
    Interaction: 600,
    Session: 86400,
    IdToken: 3600,
    AuthorizationCode: 60,
    DeviceCode: 600,
  },
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    // Whoever proves a key has to prove it with a nonce of ours, at the token endpoint and at /me.
    dPoP: { enabled: true, nonceSecret: Buffer.from(settings.nonce_secret, 'hex'), requireNonce: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource, client) => {
        const known = settings.resources[resource];
        if (!known) throw new errors.InvalidTarget();
        return {
          scope: known.scope,
          audience: known.audience,
          accessTokenTTL: lives.get(client.clientId) ?? 3600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        };
      },
    },
  },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

// The development pages know one way to sign in; it counts as strong as it was asked to be.
const finished = provider.interactionFinished.bind(provider);
provider.interactionFinished = async (request, response, result, options) => {
  if (result.login) {
    const { params } = await provider.interactionDetails(request, response);
    const [acr] = (params.acr_values ?? '').split(' ').filter((value) => ['bronze', 'gold'].includes(value));
    result.login.acr = acr ?? 'bronze';
  }
  return finished(request, response, result, options);
};

provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(settings.port, '127.0.0.1', () => console.log(`listening on ${settings.issuer}`));
