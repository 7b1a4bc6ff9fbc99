// An API made of fastify with @fastify/jwt, whose keys come from the issuer by get-jwks.
import { readFileSync } from 'node:fs';
import fastifyJwt from '@fastify/jwt';
import fastify from 'fastify';
import buildGetJwks from 'get-jwks';

const settings = JSON.parse(readFileSync(0, 'utf8'));
const app = fastify({ logger: true });
const keys = buildGetJwks({ issuersWhitelist: [settings.keys_issuer], providerDiscovery: true, timeout: 2000 });

app.register(fastifyJwt, {
  decode: { complete: true },
  secret: (request, token) => keys.getPublicKey({ kid: token.header.kid, alg: token.header.alg, domain: settings.keys_issuer }),
  verify: { allowedIss: settings.issuer, allowedAud: settings.audience },
});

const signedIn = async (request) => request.jwtVerify();

const allowed = (scope) => async (request, reply) => {
  if (!String(request.user.scope ?? '').split(' ').includes(scope)) {
    return reply.code(403).send({ statusCode: 403, error: 'Forbidden', message: 'Insufficient scope' });
  }
};

app.register(async (routes) => {
  routes.get('/health', async () => ({ ok: true }));
  routes.get('/orders', { preHandler: [signedIn, allowed('orders:read')] }, async () => ({ orders: [] }));
  routes.post('/orders', { preHandler: [signedIn, allowed('orders:write')] }, async () => ({ order: 1 }));
});

await app.listen({ host: '127.0.0.1', port: settings.port });
