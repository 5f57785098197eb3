// Signatures made here with node's own crypto, so that hookctl is not its own judge.
import crypto from 'node:crypto';
import assert from 'node:assert/strict';
import { header, post } from './wire.mjs';

export const hmac = (secret, ...pieces) => pieces.reduce((mac, piece) => mac.update(piece), crypto.createHmac('sha256', secret)).digest('hex');

// A Stripe event, signed `age` seconds ago.
export function stripe(secret, { id = 'evt_1', type = 'invoice.paid', age = 0 } = {}) {
  const body = JSON.stringify({ id, object: 'event', type });
  const time = Math.floor(Date.now() / 1000) - age;
  return post(body, '/hook', 'Content-Type: application/json', `Stripe-Signature: t=${time},v1=${hmac(secret, `${time}.`, body)}`);
}

export function github(secret, event = 'push') {
  const body = JSON.stringify({ ref: 'refs/heads/main' });
  return post(body, '/hook', `X-GitHub-Event: ${event}`, 'X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958', `X-Hub-Signature-256: sha256=${hmac(secret, body)}`);
}

// Is this message signed by Stripe's rule, now? Gives { time, signature }.
export function checkStripe(message, secret) {
  const [, time, signature] = header(message, 'Stripe-Signature').match(/^t=(\d+),v1=([0-9a-f]{64})$/);
  assert.equal(signature, hmac(secret, `${time}.`, message.payload));
  assert.ok(Math.abs(Number(time) - Date.now() / 1000) < 30, `signed at ${time}`);
  return { time, signature };
}
