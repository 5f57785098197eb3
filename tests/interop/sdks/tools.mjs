// What the entries of the table share: keys, MACs, headers. An entry loads its SDK when it is first asked, so one provider's run loads one SDK.
import crypto from 'node:crypto';
import { createRequire } from 'node:module';

export const require = createRequire(import.meta.url);
export const json = { 'Content-Type': 'application/json' };
export const text = (body) => body.toString('utf8');
export const sha256 = (form, body) => crypto.createHash('sha256').update(body).digest(form);

export const whsec = () => `whsec_${crypto.randomBytes(24).toString('base64')}`;
export const hex = (bytes) => () => crypto.randomBytes(bytes).toString('hex');

export function hmac(hash, key, form, ...parts) {
  const mac = crypto.createHmac(hash, key);
  for (const part of parts) mac.update(part);
  return mac.digest(form);
}

const pem = (privateKey) => privateKey.export({ type: 'pkcs8', format: 'pem' });

export function ed25519Pair(form) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  return { publicKey: form(raw), privateKey: pem(privateKey) };
}

// For the providers that publish sets of keys: the set has another's key in front, and hookctl signs with a JSON Web Key, which has the id.
export function publishedPair(kind, options, alg) {
  const [stranger, own] = [0, 1].map(() => crypto.generateKeyPairSync(kind, options));
  const jwk = (key, kid) => ({ ...key.export({ format: 'jwk' }), kid, alg, use: 'sig' });
  const keys = [jwk(stranger.publicKey, 'key-2026-10'), jwk(own.publicKey, 'key-2026-11')];
  return { publicKey: JSON.stringify({ keys }), privateKey: JSON.stringify(jwk(own.privateKey, 'key-2026-11')) };
}

// The public key as `form` writes it.
export function p256Pair(form) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { publicKey: form(publicKey), privateKey: pem(privateKey) };
}

// The family of Standard Webhooks: the same three headers under a name of the provider's.
export const standardHeaders = (name, { id, timestamp }, signature) => ({
  ...json, [`${name}-id`]: id, [`${name}-timestamp`]: String(timestamp), [`${name}-signature`]: signature,
});

// Signs with standardwebhooks, under these headers.
export const signStandard = (name, more = {}) => (r) => {
  const { Webhook } = require('standardwebhooks');
  const signature = new Webhook(r.secret).sign(r.id, new Date(r.timestamp * 1000), text(r.body));
  return { headers: { ...standardHeaders(name, r, signature), ...more } };
};
