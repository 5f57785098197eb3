// Standard Webhooks and those that follow them: HMAC of "id.timestamp.body" in a list of "v1,<base64>".
import crypto from 'node:crypto';
import { ed25519Pair, require, signStandard, standardHeaders, text, whsec } from './tools.mjs';

const fiveMinutes = { age: 300, ahead: 300 };
const standardWebhook = (secret) => new (require('standardwebhooks').Webhook)(secret);
const of = (type) => (more) => ({ type, timestamp: '2026-11-02T09:15:42Z', data: { id: '1' }, ...more });
const endpointSecret = (prefix, bytes) => () => prefix + crypto.randomBytes(bytes).toString('base64');

const family = {
  'standard-webhooks': {
    package: 'standardwebhooks', secret: whsec, events: ['contact.created', 'message.received', 'order.placed', 'invoice.paid'], set: 'data.note',
    verify: ({ secret, headers, body }) => Boolean(standardWebhook(secret).verify(text(body), headers)),
    sign: signStandard('webhook'),
  },

  // GitLab's signing tokens are Standard Webhooks; GitLab names this package for checking them.
  'gitlab-signing': {
    package: 'standardwebhooks', secret: endpointSecret('whsec_', 32), events: ['push', 'merge_request', 'note', 'tag_push'], set: 'user_name',
    verify: ({ secret, headers, body }) => Boolean(standardWebhook(secret).verify(text(body), headers)),
    sign: signStandard('webhook', { 'X-Gitlab-Event': 'Push Hook' }),
  },

  // Supabase's own guide hands the part after "v1," to this package.
  'supabase-auth-hooks': {
    package: 'standardwebhooks', knownAs: null, secret: endpointSecret('v1,whsec_', 32), events: ['send-email', 'send-sms'], set: 'user.note',
    verify: ({ secret, headers, body }) => Boolean(standardWebhook(secret.slice('v1,'.length)).verify(text(body), headers)),
    sign: (r) => signStandard('webhook')({ ...r, secret: r.secret.slice('v1,'.length) }),
  },

  svix: {
    package: 'svix', secret: whsec, events: ['user.created', 'message.received', 'user.deleted', 'order.created'], set: 'data.note',
    verify: async ({ secret, headers, body }) => {
      const { Webhook } = await import('svix');
      new Webhook(secret).verify(text(body), headers);
      return true;
    },
    sign: async (r) => {
      const { Webhook } = await import('svix');
      return { headers: standardHeaders('svix', r, new Webhook(r.secret).sign(r.id, new Date(r.timestamp * 1000), text(r.body))) };
    },
  },

  openai: {
    package: 'openai', secret: whsec, events: ['response.completed', 'response.failed', 'realtime.call.incoming', 'batch.completed'], set: 'data.note',
    verify: async ({ secret, headers, body }) => {
      const { OpenAI } = require('openai');
      return Boolean(await new OpenAI({ apiKey: 'unused' }).webhooks.unwrap(text(body), headers, secret));
    },
    sign: signStandard('webhook', { 'User-Agent': 'OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)' }),
  },

  clerk: {
    package: '@clerk/backend', knownAs: 'svix', secret: whsec, events: ['user.created', 'user.deleted', 'organization.created'], set: 'data.first_name',
    verify: async ({ secret, headers, body, url }) => {
      const { verifyWebhook } = require('@clerk/backend/webhooks');
      return (await verifyWebhook(new Request(url, { method: 'POST', headers, body }), { signingSecret: secret })).object === 'event';
    },
    sign: signStandard('svix'),
  },

  resend: {
    package: 'resend', knownAs: 'svix', secret: whsec, events: ['email.sent', 'email.bounced', 'email.clicked', 'contact.created'], set: 'data.subject',
    verify: ({ secret, headers, body }) => {
      const { Resend } = require('resend');
      const named = { id: headers['svix-id'], timestamp: headers['svix-timestamp'], signature: headers['svix-signature'] };
      return Boolean(new Resend('re_unused').webhooks.verify({ payload: text(body), headers: named, webhookSecret: secret }));
    },
    sign: signStandard('svix'),
  },

  liveblocks: {
    package: '@liveblocks/node', knownAs: 'standard-webhooks', secret: whsec, events: ['storageUpdated', 'userEntered', 'commentCreated', 'userLeft'], set: 'data.roomId',
    body: of('storageUpdated'),
    verify: ({ secret, headers, body }) => {
      const { WebhookHandler } = require('@liveblocks/node');
      return Boolean(new WebhookHandler(secret).verifyRequest({ headers, rawBody: text(body) }));
    },
    sign: signStandard('webhook'),
  },

  // The key is the whole secret's text, or the base64 after whsec_: the SDK tries both. Signed here in the first way.
  polar: {
    package: '@polar-sh/sdk', secret: endpointSecret('polar_whs_', 24), events: ['order.paid', 'subscription.active', 'customer.created', 'subscription.canceled'], set: 'data.note',
    body: of('customer.created'),
    verify: async ({ secret, headers, body }) => {
      const { webhooks } = require('@polar-sh/sdk/2026-10');
      return Boolean(await webhooks.validateEvent(text(body), headers, secret));
    },
    sign: (r) => {
      const raw = `whsec_${Buffer.from(r.secret).toString('base64')}`;
      return signStandard('webhook', { 'User-Agent': 'polar.sh webhooks' })({ ...r, secret: raw });
    },
  },

  // No time is checked. The fixtures are predictions, not envelopes.
  replicate: {
    package: 'replicate', knownAs: 'standard-webhooks', secret: whsec, events: ['succeeded', 'failed', 'starting', 'processing'], set: 'input.station', clock: {},
    verify: ({ secret, headers, body }) => require('replicate').validateWebhook({ headers, body: text(body) }, secret),
    sign: signStandard('webhook'),
  },
};

// No SDK of JavaScript knows v1a; node:crypto stands in.
const ed25519 = {
  package: 'node:crypto', pair: () => ed25519Pair((raw) => `whpk_${raw.toString('base64')}`), events: ['invoice.paid', 'message.received'], set: 'data.note',
  verify: ({ publicKey, headers, body }) => {
    const x = Buffer.from(publicKey.slice('whpk_'.length), 'base64').toString('base64url');
    const key = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const [version, signature] = headers['webhook-signature'].split(',');
    const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.`;
    return version === 'v1a' && crypto.verify(null, Buffer.concat([Buffer.from(content), body]), key, Buffer.from(signature, 'base64'));
  },
  sign: (r) => {
    const signature = crypto.sign(null, Buffer.concat([Buffer.from(`${r.id}.${r.timestamp}.`), r.body]), r.privateKey).toString('base64');
    return { headers: standardHeaders('webhook', r, `v1a,${signature}`) };
  },
};

export const standard = { 'standard-webhooks-ed25519': ed25519 };
for (const [id, entry] of Object.entries(family)) standard[id] = { clock: fiveMinutes, rotation: 'signatures', ...entry };
