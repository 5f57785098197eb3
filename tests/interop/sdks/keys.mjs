// Keys of the provider's own, which only verify here; and JSON Web Tokens, whose claims hold a digest of the body.
import crypto from 'node:crypto';
import { ed25519Pair, hex, json, p256Pair, publishedPair, require, sha256, text } from './tools.mjs';

const jose = () => import('jose');

// A signed token; the key is a shared secret, or a private JSON Web Key with an id.
async function token(alg, key, claims) {
  const { importJWK, SignJWT } = await jose();
  const jwk = alg === 'HS256' ? undefined : JSON.parse(key);
  const header = { alg, typ: 'JWT', ...(jwk ? { kid: jwk.kid } : {}) };
  return new SignJWT(claims).setProtectedHeader(header).sign(jwk ? await importJWK(jwk, alg) : Buffer.from(key));
}

const timestamped = (body, timestamp) => Buffer.concat([Buffer.from(String(timestamp)), body]);

const sendgrid = {
  package: '@sendgrid/eventwebhook', pair: () => p256Pair((key) => key.export({ type: 'spki', format: 'der' }).toString('base64')), events: ['delivered', 'bounce', 'open', 'dropped'],
  set: '[0].reason', clock: {},
  verify: ({ publicKey, headers, body }) => {
    const judge = new (require('@sendgrid/eventwebhook').EventWebhook)();
    const name = 'x-twilio-email-event-webhook';
    return judge.verifySignature(judge.convertPublicKeyToECDSA(publicKey), body, headers[`${name}-signature`], headers[`${name}-timestamp`]);
  },
  sign: ({ privateKey, body, timestamp }) => ({
    headers: {
      ...json, 'X-Twilio-Email-Event-Webhook-Timestamp': String(timestamp),
      'X-Twilio-Email-Event-Webhook-Signature': crypto.sign('sha256', timestamped(body, timestamp), privateKey).toString('base64'),
    },
  }),
};

const discord = {
  package: 'discord-interactions', pair: () => ed25519Pair((raw) => raw.toString('hex')), events: ['type.1', 'type.2', 'APPLICATION_AUTHORIZED', 'ENTITLEMENT_CREATE'], set: 'note', clock: {},
  verify: ({ publicKey, headers, body }) => require('discord-interactions').verifyKey(body, headers['x-signature-ed25519'], headers['x-signature-timestamp'], publicKey),
  sign: ({ privateKey, body, timestamp }) => ({
    headers: { ...json, 'X-Signature-Timestamp': String(timestamp), 'X-Signature-Ed25519': crypto.sign(null, timestamped(body, timestamp), privateKey).toString('hex') },
  }),
};

// Netlify's guide takes any library of JSON Web Tokens: the issuer is theirs, the claim sha256 the body's.
const netlify = {
  package: 'jose', secret: hex(16), events: ['deploy_created', 'deploy_building', 'deploy_failed', 'submission_created'], set: 'title',
  asked: ['--event', 'deploy_created'],
  verify: async ({ secret, headers, body }) => {
    const { jwtVerify } = await jose();
    const { payload } = await jwtVerify(headers['x-webhook-signature'], Buffer.from(secret), { issuer: 'netlify', algorithms: ['HS256'] });
    return payload.sha256 === sha256('hex', body);
  },
  sign: async ({ secret, body }) => ({
    headers: { ...json, 'X-Netlify-Event': 'deploy_created', 'X-Webhook-Signature': await token('HS256', secret, { iss: 'netlify', sha256: sha256('hex', body) }) },
  }),
};

// As Plaid's guide has it: the key by its id, ES256 alone, five minutes, the digest of the body.
const plaid = {
  package: 'jose', events: ['TRANSACTIONS.SYNC_UPDATES_AVAILABLE', 'ITEM.ERROR', 'AUTH.AUTOMATICALLY_VERIFIED'], set: 'item_id', clock: { age: 300, ahead: 0 },
  pair: () => publishedPair('ec', { namedCurve: 'P-256' }, 'ES256'),
  verify: async ({ publicKey, headers, body }) => {
    const { decodeProtectedHeader, importJWK, jwtVerify } = await jose();
    const jwt = headers['plaid-verification'];
    const key = JSON.parse(publicKey).keys.find(({ kid }) => kid === decodeProtectedHeader(jwt).kid);
    const { payload } = await jwtVerify(jwt, await importJWK(key), { algorithms: ['ES256'], maxTokenAge: '5 min' });
    return payload.request_body_sha256 === sha256('hex', body);
  },
  sign: async ({ privateKey, body, timestamp }) => ({
    headers: { ...json, 'Plaid-Verification': await token('ES256', privateKey, { iat: timestamp, request_body_sha256: sha256('hex', body) }) },
  }),
};

// The token is for an audience, the URL; it does not protect the body: the twin has another token. Five minutes of leeway.
const pubsub = {
  package: 'google-auth-library', events: ['OBJECT_FINALIZE', 'OBJECT_DELETE', 'build.SUCCESS', 'tide.alert'], set: 'message.attributes.note', clock: { age: 3900, ahead: 300 },
  pair: () => publishedPair('rsa', { modulusLength: 2048 }, 'RS256'),
  tamper: ({ headers, body }) => {
    const other = headers.Authorization.replace(/.(?=.{40}$)/, (letter) => (letter === 'x' ? 'y' : 'x'));
    return { headers: { ...headers, Authorization: other }, body };
  },
  verify: async ({ publicKey, headers, url }) => {
    const { OAuth2Client } = require('google-auth-library');
    const pems = JSON.parse(publicKey).keys.map((key) => [key.kid, crypto.createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })]);
    const jwt = headers.authorization.replace('Bearer ', '');
    return Boolean(await new OAuth2Client().verifySignedJwtWithCertsAsync(jwt, Object.fromEntries(pems), url, ['https://accounts.google.com']));
  },
  sign: async ({ privateKey, url, timestamp }) => {
    const claims = { iss: 'https://accounts.google.com', aud: url, iat: timestamp, exp: timestamp + 3600, email: 'tide@tea.example', email_verified: true, sub: '1' };
    return { headers: { ...json, 'User-Agent': 'CloudPubSub-Google', Authorization: `Bearer ${await token('RS256', privateKey, claims)}` } };
  },
};

// Two keys: the current one and the next. The token holds for five minutes, for one URL.
const qstash = {
  package: '@upstash/qstash', secret: () => `sig_${hex(14)()}`, events: ['email.reminder', 'image.resize', 'report.requested'], set: 'station',
  clock: { age: 300, ahead: 0 }, rotation: 'keys',
  verify: ({ secret, secrets = [], headers, body, url }) => {
    const { Receiver } = require('@upstash/qstash');
    const receiver = new Receiver({ currentSigningKey: secret, nextSigningKey: secrets[1] ?? 'sig_none' });
    return receiver.verify({ signature: headers['upstash-signature'], body: text(body), url });
  },
  sign: async ({ secret, body, url, timestamp, id }) => {
    const claims = { iss: 'Upstash', sub: url, exp: timestamp + 300, nbf: timestamp, iat: timestamp, jti: id, body: sha256('base64url', body) };
    return { headers: { ...json, 'Upstash-Message-Id': id, 'Upstash-Signature': await token('HS256', secret, claims) } };
  },
};

export const keys = { sendgrid, discord, netlify, plaid, qstash, 'google-pubsub-push': pubsub };
