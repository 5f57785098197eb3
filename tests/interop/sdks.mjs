// One entry for each provider: how its own SDK verifies a request, and how a request of it is signed without hookctl.
//   verify({secret, publicKey, url, headers, body})             true when the SDK accepts; anything else, or a throw, refuses
//   sign({secret, privateKey, url, body, timestamp, id, event})  {headers, url?}: by the SDK where it can sign, else by node:crypto
// Keys: `secret` is shared; `pair` makes {publicKey, privateKey (PEM)} for the providers that sign with a key of their own.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import querystring from 'node:querystring';
import '@shopify/shopify-api/adapters/node';
import * as octokit from '@octokit/webhooks-methods';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { Webhook as SvixWebhook } from 'svix';

const require = createRequire(import.meta.url);
const { EventWebhook } = require('@sendgrid/eventwebhook');
const { OpenAI } = require('openai');
const { verifyKey } = require('discord-interactions');
const { verifySlackRequest } = require('@slack/bolt');
const { Webhook } = require('standardwebhooks');
const Stripe = require('stripe');
const twilio = require('twilio');

const stripe = new Stripe('sk_test_unused');
const openai = new OpenAI({ apiKey: 'unused' });
const json = { 'Content-Type': 'application/json' };
const whsec = () => `whsec_${crypto.randomBytes(24).toString('base64')}`;
const hmac = (hash, key, form, ...parts) => {
  const mac = crypto.createHmac(hash, key);
  for (const part of parts) mac.update(part);
  return mac.digest(form);
};
const text = (body) => body.toString('utf8');

function ed25519Pair(form) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  return { publicKey: form(raw), privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

function p256Pair() {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

function shopifyOf(secret) {
  return shopifyApi({
    apiKey: 'unused', apiSecretKey: secret, hostName: 'shop.example', isEmbeddedApp: false, apiVersion: Object.values(ApiVersion)[0], logger: { level: 0 },
  });
}

// The family of Standard Webhooks: the same three headers under a name of the provider's.
const standardHeaders = (name, { id, timestamp }, signature) => ({
  ...json, [`${name}-id`]: id, [`${name}-timestamp`]: String(timestamp), [`${name}-signature`]: signature,
});
const signStandard = (Signer, name) => (r) => ({
  headers: standardHeaders(name, r, new Signer(r.secret).sign(r.id, new Date(r.timestamp * 1000), text(r.body))),
});

export const sdks = {
  stripe: {
    package: 'stripe', secret: whsec, events: ['invoice.paid', 'payment_intent.payment_failed', 'checkout.session.completed', 'customer.created'], set: 'data.object.description',
    verify: ({ secret, headers, body }) => stripe.webhooks.constructEvent(body, headers['stripe-signature'], secret).object === 'event',
    sign: ({ secret, body, timestamp }) => ({
      headers: { ...json, 'Stripe-Signature': stripe.webhooks.generateTestHeaderString({ payload: text(body), secret, timestamp }) },
    }),
    body: { id: 'evt_1', object: 'event', type: 'invoice.paid', data: { object: {} } },
  },

  github: {
    package: '@octokit/webhooks-methods', secret: () => "It's a Secret to Everybody ü", events: ['push', 'pull_request.opened', 'secret_scanning_alert.created', 'ping'], set: 'repository.description',
    verify: ({ secret, headers, body }) => octokit.verify(secret, text(body), headers['x-hub-signature-256']),
    sign: async ({ secret, body, id }) => ({
      headers: { ...json, 'X-GitHub-Event': 'issues', 'X-GitHub-Delivery': id, 'X-Hub-Signature-256': await octokit.sign(secret, text(body)) },
    }),
  },

  slack: {
    package: '@slack/bolt', secret: () => crypto.randomBytes(16).toString('hex'), events: ['app_mention', 'message', 'reaction_added', 'url_verification'], set: 'event.text',
    verify: ({ secret, headers, body }) => {
      const signature = { 'x-slack-signature': headers['x-slack-signature'], 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) };
      verifySlackRequest({ signingSecret: secret, body: text(body), headers: signature });
      return true;
    },
    sign: ({ secret, body, timestamp }) => ({
      headers: { ...json, 'X-Slack-Request-Timestamp': String(timestamp), 'X-Slack-Signature': `v0=${hmac('sha256', secret, 'hex', `v0:${timestamp}:`, body)}` },
    }),
  },

  shopify: {
    package: '@shopify/shopify-api', secret: () => crypto.randomBytes(32).toString('hex'), events: ['orders/create', 'orders/paid', 'app/uninstalled', 'customers/create'], set: 'note',
    verify: async ({ secret, headers, body, url }) =>
      (await shopifyOf(secret).webhooks.validate({ rawBody: text(body), rawRequest: { headers, url, method: 'POST' }, rawResponse: {} })).valid,
    sign: ({ secret, body, id }) => ({
      headers: {
        ...json, 'X-Shopify-Topic': 'orders/create', 'X-Shopify-Hmac-Sha256': hmac('sha256', secret, 'base64', body), 'X-Shopify-Shop-Domain': 'tea.example',
        'X-Shopify-API-Version': '2026-01', 'X-Shopify-Webhook-Id': id,
      },
    }),
  },

  'standard-webhooks': {
    package: 'standardwebhooks', secret: whsec, events: ['contact.created', 'message.received', 'order.placed', 'invoice.paid'], set: 'data.note',
    verify: ({ secret, headers, body }) => Boolean(new Webhook(secret).verify(text(body), headers)),
    sign: signStandard(Webhook, 'webhook'),
  },

  // GitLab's signing tokens are Standard Webhooks; GitLab names this package for checking them.
  'gitlab-signing': {
    package: 'standardwebhooks', secret: () => `whsec_${crypto.randomBytes(32).toString('base64')}`, events: ['push', 'merge_request'], set: 'user_name',
    verify: ({ secret, headers, body }) => Boolean(new Webhook(secret).verify(text(body), headers)),
    sign: (r) => {
      const signed = signStandard(Webhook, 'webhook')(r);
      return { headers: { ...signed.headers, 'X-Gitlab-Event': 'Push Hook' } };
    },
  },

  // No SDK of JavaScript knows v1a; node:crypto stands in.
  'standard-webhooks-ed25519': {
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
  },

  svix: {
    package: 'svix', secret: whsec, events: ['user.created', 'message.received', 'user.deleted', 'order.created'], set: 'data.note',
    verify: ({ secret, headers, body }) => {
      new SvixWebhook(secret).verify(text(body), headers);
      return true;
    },
    sign: signStandard(SvixWebhook, 'svix'),
  },

  openai: {
    package: 'openai', secret: whsec, events: ['response.completed', 'response.failed', 'realtime.call.incoming', 'batch.completed'], set: 'data.note',
    verify: async ({ secret, headers, body }) => Boolean(await openai.webhooks.unwrap(text(body), headers, secret)),
    sign: (r) => {
      const signed = signStandard(Webhook, 'webhook')(r);
      return { headers: { ...signed.headers, 'User-Agent': 'OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)' } };
    },
  },

  twilio: {
    package: 'twilio', secret: () => crypto.randomBytes(16).toString('hex'), events: ['message.received', 'message.delivered', 'call.ringing', 'call.completed'], set: 'Body', form: true,
    verify: ({ secret, headers, body, url }) => twilio.validateRequest(secret, headers['x-twilio-signature'], url, querystring.parse(text(body))),
    sign: ({ secret, body, url }) => ({
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8', 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(secret, url, querystring.parse(text(body))) },
    }),
  },

  'twilio-json': {
    package: 'twilio', secret: () => crypto.randomBytes(16).toString('hex'), events: ['com.twilio.messaging.message.delivered', 'com.twilio.messaging.inbound-message.received'], set: '[0].data.body',
    verify: ({ secret, headers, body, url }) => twilio.validateRequestWithBody(secret, headers['x-twilio-signature'], url, text(body)),
    sign: ({ secret, body, url }) => {
      const whole = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${crypto.createHash('sha256').update(body).digest('hex')}`;
      return { url: whole, headers: { ...json, 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(secret, whole, {}) } };
    },
  },

  sendgrid: {
    package: '@sendgrid/eventwebhook', pair: p256Pair, events: ['delivered', 'bounce', 'open', 'dropped'], set: '[0].reason',
    verify: ({ publicKey, headers, body }) => {
      const judge = new EventWebhook();
      const name = 'x-twilio-email-event-webhook';
      return judge.verifySignature(judge.convertPublicKeyToECDSA(publicKey), body, headers[`${name}-signature`], headers[`${name}-timestamp`]);
    },
    sign: ({ privateKey, body, timestamp }) => ({
      headers: {
        ...json, 'X-Twilio-Email-Event-Webhook-Timestamp': String(timestamp),
        'X-Twilio-Email-Event-Webhook-Signature': crypto.sign('sha256', Buffer.concat([Buffer.from(String(timestamp)), body]), privateKey).toString('base64'),
      },
    }),
  },

  discord: {
    package: 'discord-interactions', pair: () => ed25519Pair((raw) => raw.toString('hex')), events: ['type.1', 'type.2', 'APPLICATION_AUTHORIZED', 'ENTITLEMENT_CREATE'], set: 'note',
    verify: ({ publicKey, headers, body }) => verifyKey(body, headers['x-signature-ed25519'], headers['x-signature-timestamp'], publicKey),
    sign: ({ privateKey, body, timestamp }) => ({
      headers: {
        ...json, 'X-Signature-Timestamp': String(timestamp),
        'X-Signature-Ed25519': crypto.sign(null, Buffer.concat([Buffer.from(String(timestamp)), body]), privateKey).toString('hex'),
      },
    }),
  },
};

// As it is installed: "stripe 23.1.0".
export function versionOf(sdk) {
  if (sdk.package.startsWith('node:')) return `${sdk.package} ${process.version}`;
  const facts = JSON.parse(fs.readFileSync(new URL(`node_modules/${sdk.package}/package.json`, import.meta.url)));
  return `${sdk.package} ${facts.version}`;
}
