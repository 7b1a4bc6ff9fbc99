// Four APIs of npm with their usual token middleware, a port each: Koa, hapi, Hono, Express with passport.
// Their settings come as JSON on standard input; each answers in its libraries' own words.
import { readFileSync } from 'node:fs';
import hapi from '@hapi/hapi';
import hapiJwt from '@hapi/jwt';
import { serve } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { HTTPException } from 'hono/http-exception';
import { jwk } from 'hono/jwk';
import jwksRsa from 'jwks-rsa';
import Koa from 'koa';
import koaJwt from 'koa-jwt';
import passport from 'passport';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { ExtractJwt, Strategy as JwtStrategy } from 'passport-jwt';

const { ports, issuer, audience, keys, known } = JSON.parse(readFileSync(0, 'utf8'));
const has = (claims, scope) => String(claims.scope ?? '').split(' ').includes(scope);
const fetched = { cache: true, rateLimit: false, timeout: 2000, jwksUri: keys };

const koa = new Koa();
koa.silent = true;
koa.use(async (context, next) => (context.path === '/health' ? void (context.body = { ok: true }) : next()));
koa.use(koaJwt({ secret: jwksRsa.koaJwtSecret(fetched), audience, issuer, algorithms: ['RS256'] }));
koa.use(async (context) => {
  if (!has(context.state.user, 'orders:read')) context.throw(403, 'Insufficient scope');
  context.body = { orders: [] };
});
koa.listen(ports.koa, '127.0.0.1');

const server = hapi.server({ host: '127.0.0.1', port: ports.hapi });
await server.register(hapiJwt);
server.auth.strategy('tokens', 'jwt', {
  keys: { uri: keys, algorithms: ['RS256'] },
  verify: { aud: audience, iss: issuer, sub: false, nbf: true, exp: true },
  validate: ({ decoded }) => ({ isValid: true, credentials: { scope: String(decoded.payload.scope ?? '').split(' ') } }),
});
server.route({ method: 'GET', path: '/health', handler: () => ({ ok: true }) });
server.route({
  method: 'GET',
  path: '/orders',
  options: { auth: { strategy: 'tokens', scope: ['orders:read'] } },
  handler: () => ({ orders: [] }),
});
await server.start();

const hono = new Hono();
hono.get('/health', (context) => context.json({ ok: true }));
hono.use('/orders', jwk({ jwks_uri: keys, alg: ['RS256'], verification: { aud: audience, iss: issuer, typ: 'at+jwt' } }));
hono.get('/orders', (context) => {
  if (!has(context.get('jwtPayload'), 'orders:read')) throw new HTTPException(403, { message: 'Insufficient scope' });
  return context.json({ orders: [] });
});
hono.use('/opaque/*', bearerAuth({ token: known.token }));
hono.get('/opaque/orders', (context) => context.json({ orders: [] }));
hono.use('/basic/*', basicAuth({ username: known.user, password: known.password }));
hono.get('/basic/orders', (context) => context.json({ orders: [] }));
serve({ fetch: hono.fetch, hostname: '127.0.0.1', port: ports.hono });

const app = express();
passport.use(new JwtStrategy({
  jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
  secretOrKeyProvider: jwksRsa.passportJwtSecret(fetched),
  audience,
  issuer,
  algorithms: ['RS256'],
}, (claims, done) => done(null, claims)));
passport.use(new BearerStrategy((token, done) => done(null, token === known.token && { id: 1 })));
app.get('/health', (request, response) => response.json({ ok: true }));
app.get('/orders', passport.authenticate('jwt', { session: false }), (request, response) => {
  if (!has(request.user, 'orders:read')) return response.status(403).json({ message: 'Insufficient scope' });
  return response.json({ orders: [] });
});
app.get('/opaque/orders', passport.authenticate('bearer', { session: false }), (request, response) => response.json({ orders: [] }));
app.listen(ports.passport, '127.0.0.1', () => console.log('listening'));
