// An API made of Express with express-oauth2-jwt-bearer, which reads RFC 6750, RFC 9449 and the issuer's metadata
// strictly. Its settings come as JSON on standard input.
import { readFileSync } from 'node:fs';
import express from 'express';
import { auth, claimEquals, requiredScopes } from 'express-oauth2-jwt-bearer';

const settings = JSON.parse(readFileSync(0, 'utf8'));
const app = express();

const trusted = { issuerBaseURL: settings.issuer, audience: settings.audience, tokenSigningAlg: 'RS256', timeoutDuration: 2000 };
const bearer = auth({ ...trusted, dpop: { enabled: false } });
const bound = auth({ ...trusted, dpop: { enabled: true, required: true } });
const orders = (request, response) => response.json({ orders: [] });

app.get('/health', (request, response) => response.json({ ok: true }));
app.get('/orders', bearer, requiredScopes('orders:read'), orders);
app.get('/staff', bearer, claimEquals('role', 'staff'), orders);
app.get('/bound/orders', bound, requiredScopes('orders:read'), orders);

app.listen(settings.port, '127.0.0.1', () => console.log('listening'));
