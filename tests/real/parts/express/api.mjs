// An API made of Express with express-jwt, whose keys come from the issuer by jwks-rsa, and express-jwt-authz for scopes.
import { readFileSync } from 'node:fs';
import express from 'express';
import { expressjwt } from 'express-jwt';
import scopes from 'express-jwt-authz';
import { expressJwtSecret } from 'jwks-rsa';

const settings = JSON.parse(readFileSync(0, 'utf8'));
const app = express();

const signedIn = expressjwt({
  secret: expressJwtSecret({ cache: true, rateLimit: true, jwksRequestsPerMinute: 60, timeout: 2000, jwksUri: settings.keys }),
  audience: settings.audience,
  issuer: settings.issuer,
  algorithms: ['RS256'],
});
const allowed = (scope) => scopes([scope], { customUserKey: 'auth' });

app.get('/health', (request, response) => response.json({ ok: true }));
app.get('/orders', signedIn, allowed('orders:read'), (request, response) => response.json({ orders: [] }));
app.post('/orders', signedIn, allowed('orders:write'), (request, response) => response.json({ order: 1 }));

if (settings.words === 'json') {
  app.use((error, request, response, next) => {
    response.status(error.status ?? 500).json({ code: error.code, message: error.message });
  });
}

app.listen(settings.port, '127.0.0.1', () => console.log('listening'));
