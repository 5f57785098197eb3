// HMAC (or a hash) of a time and the body. `clock` says which ages the SDK takes, in seconds; what it leaves out has no bound.
import { hex, hmac, json, require, text, whsec } from './tools.mjs';

const minutes = (n) => ({ age: n * 60 });

// Headers of the form "t=<time>,v1=<hex>": HMAC-SHA256 of the time, `between` and the body.
const signTimed = (header, write, { between = '.', unit = 1 } = {}) => ({ secret, body, timestamp }) => {
  const time = String(timestamp * unit);
  return { headers: { ...json, [header]: write(time, hmac('sha256', secret, 'hex', time + between, body)) } };
};

const box = {
  package: 'box-node-sdk', secret: hex(16), events: ['FILE.UPLOADED', 'COMMENT.CREATED', 'FILE.TRASHED'], set: 'source.name', clock: { age: 600, ahead: 0 }, rotation: 'places',
  verify: ({ secret, secrets = [], headers, body }) => {
    const { WebhooksManager } = require('box-node-sdk/lib/managers/webhooks');
    return WebhooksManager.validateMessage(text(body), headers, secret, { secondaryKey: secrets[1] });
  },
  // With two keys, the second signs, in its own header.
  sign: ({ secret, secrets, body, timestamp, id }) => {
    const time = new Date(timestamp * 1000).toISOString().replace('.000', '');
    const place = secrets ? 'BOX-SIGNATURE-SECONDARY' : 'BOX-SIGNATURE-PRIMARY';
    const signature = hmac('sha256', secrets?.[1] ?? secret, 'base64', body, time);
    return {
      headers: { ...json, 'BOX-DELIVERY-ID': id, 'BOX-DELIVERY-TIMESTAMP': time, 'BOX-SIGNATURE-ALGORITHM': 'HmacSHA256', 'BOX-SIGNATURE-VERSION': '1', [place]: signature },
    };
  },
};

// The time is in the body, and the body is signed.
const linear = {
  package: '@linear/sdk', secret: () => `lin_wh_${hex(12)()}`, events: ['Issue.create', 'Comment.create', 'Project.create', 'IssueLabel.create'], set: 'data.title',
  clock: { age: 60, ahead: 60 }, body: (more, timestamp) => ({ action: 'create', type: 'Issue', data: more, webhookTimestamp: timestamp * 1000 }),
  verify: async ({ secret, headers, body }) => {
    const { LinearWebhookClient } = await import('@linear/sdk/webhooks');
    return new LinearWebhookClient(secret).verify(body, headers['linear-signature']);
  },
  sign: ({ secret, body, timestamp, id }) => ({
    headers: { ...json, 'Linear-Delivery': id, 'Linear-Event': 'Issue', 'Linear-Timestamp': String(timestamp * 1000), 'Linear-Signature': hmac('sha256', secret, 'hex', body) },
  }),
};

// The SDK checks the JSON written again, so own bodies are written as it writes them. It tells console.debug of each.
const zoom = {
  package: '@zoom/rivet', secret: hex(11), events: ['meeting.started', 'meeting.created', 'recording.completed', 'user.created'], set: 'payload.object.topic', clock: {},
  body: (more) => ({ event: 'meeting.started', event_ts: 1, payload: more }), write: (value) => JSON.stringify(value),
  verify: async ({ secret, headers, body }) => {
    const receiver = new (require('@zoom/rivet/users').AwsLambdaReceiver)({ webhooksSecretToken: secret });
    receiver.init({ eventEmitter: { emit: async () => {} } });
    console.debug = () => {};
    return (await receiver.start()({ body: text(body), headers, isBase64Encoded: false }, {})).statusCode === 200;
  },
  sign: ({ secret, body, timestamp }) => ({
    headers: { ...json, 'x-zm-request-timestamp': String(timestamp), 'x-zm-signature': `v0=${hmac('sha256', secret, 'hex', `v0:${timestamp}:`, body)}` },
  }),
};

export const timed = {
  box,
  linear,
  zoom,

  stripe: {
    package: 'stripe', secret: whsec, events: ['invoice.paid', 'payment_intent.payment_failed', 'checkout.session.completed', 'customer.created'], set: 'data.object.description',
    clock: minutes(5), rotation: 'signatures', body: (more) => ({ id: 'evt_1', object: 'event', type: 'invoice.paid', data: { object: more } }),
    verify: ({ secret, headers, body }) => new (require('stripe'))('sk_test_unused').webhooks.constructEvent(body, headers['stripe-signature'], secret).object === 'event',
    sign: ({ secret, body, timestamp }) => {
      const { webhooks } = new (require('stripe'))('sk_test_unused');
      return { headers: { ...json, 'Stripe-Signature': webhooks.generateTestHeaderString({ payload: text(body), secret, timestamp }) } };
    },
  },

  slack: {
    package: '@slack/bolt', secret: hex(16), events: ['app_mention', 'message', 'reaction_added', 'url_verification'], set: 'event.text', clock: minutes(5),
    verify: ({ secret, headers, body }) => {
      const signature = { 'x-slack-signature': headers['x-slack-signature'], 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) };
      require('@slack/bolt').verifySlackRequest({ signingSecret: secret, body: text(body), headers: signature });
      return true;
    },
    sign: ({ secret, body, timestamp }) => ({
      headers: { ...json, 'X-Slack-Request-Timestamp': String(timestamp), 'X-Slack-Signature': `v0=${hmac('sha256', secret, 'hex', `v0:${timestamp}:`, body)}` },
    }),
  },

  // Plain SHA-1 over body, time and secret.
  cloudinary: {
    package: 'cloudinary', secret: hex(14), events: ['upload', 'delete', 'resource_tags_changed'], set: 'notification_context.triggered_by.id', clock: minutes(120),
    verify: ({ secret, headers, body }) => {
      const { v2 } = require('cloudinary');
      v2.config({ api_secret: secret });
      return v2.utils.verifyNotificationSignature(text(body), Number(headers['x-cld-timestamp']), headers['x-cld-signature']);
    },
    sign: ({ secret, body, timestamp }) => ({
      headers: { ...json, 'X-Cld-Timestamp': String(timestamp), 'X-Cld-Signature': require('cloudinary').utils.webhook_signature(text(body), timestamp, { api_secret: secret }) },
    }),
  },

  elevenlabs: {
    package: '@elevenlabs/elevenlabs-js', secret: () => `wsec_${hex(32)()}`, events: ['post_call_transcription', 'post_call_audio', 'call_initiation_failure'], set: 'data.agent_id',
    clock: minutes(30),
    verify: async ({ secret, headers, body }) => {
      const { WebhooksClient } = require('@elevenlabs/elevenlabs-js/wrapper/webhooks.js');
      return Boolean(await new WebhooksClient({}).constructEvent(text(body), headers['elevenlabs-signature'], secret));
    },
    sign: signTimed('ElevenLabs-Signature', (time, signature) => `t=${time},v0=${signature}`),
  },

  mux: {
    package: '@mux/mux-node', secret: hex(16), events: ['video.asset.ready', 'video.asset.created', 'video.asset.errored', 'video.live_stream.active'], set: 'environment.name',
    clock: minutes(5), rotation: 'signatures',
    verify: async ({ secret, headers, body }) => {
      const { Mux } = require('@mux/mux-node');
      return Boolean(await new Mux({ tokenId: 'unused', tokenSecret: 'unused' }).webhooks.unwrap(text(body), headers, secret));
    },
    sign: signTimed('Mux-Signature', (time, signature) => `t=${time},v1=${signature}`),
  },

  // Of several h1 the SDK reads the last alone.
  paddle: {
    package: '@paddle/paddle-node-sdk', secret: () => `pdl_ntfset_${hex(26)()}`, events: ['transaction.completed', 'customer.created', 'subscription.created', 'address.created'],
    set: 'data.custom_data', clock: { age: 5 }, rotation: 'last signature',
    verify: ({ secret, headers, body }) => {
      const { Paddle } = require('@paddle/paddle-node-sdk');
      return new Paddle('unused').webhooks.isSignatureValid(text(body), secret, headers['paddle-signature']);
    },
    sign: signTimed('Paddle-Signature', (time, signature) => `ts=${time};h1=${signature}`, { between: ':' }),
  },

  sanity: {
    package: '@sanity/webhook', secret: hex(16), events: ['post.create', 'post.update', 'author.delete'], set: 'name', clock: {},
    verify: ({ secret, headers, body }) => require('@sanity/webhook').isValidRequest({ headers, body: text(body) }, secret),
    sign: async ({ secret, body, timestamp, id }) => {
      const { encodeSignatureHeader } = require('@sanity/webhook');
      const signature = await encodeSignatureHeader(text(body), timestamp * 1000, secret);
      return { headers: { ...json, 'sanity-operation': 'create', 'idempotency-key': id, 'sanity-webhook-signature': signature } };
    },
  },

  webflow: {
    package: 'webflow-api', secret: hex(32), events: ['form_submission', 'site_publish', 'collection_item_created'], set: 'payload.name', clock: {},
    verify: ({ secret, headers, body }) => {
      const { WebflowClient } = require('webflow-api');
      return new WebflowClient({ accessToken: 'unused' }).webhooks.verifySignature({ headers, body: text(body), secret });
    },
    sign: (r) => {
      const signed = signTimed('x-webflow-signature', (_, signature) => signature, { between: ':', unit: 1000 })(r);
      return { headers: { ...signed.headers, 'x-webflow-timestamp': String(r.timestamp * 1000) } };
    },
  },

  // The SDK reads the first two parts of the header, by their place.
  workos: {
    package: '@workos-inc/node', secret: hex(16), events: ['user.created', 'dsync.user.created', 'connection.activated'], set: 'data.note', clock: minutes(3),
    verify: ({ secret, headers, body }) => {
      const { WorkOS } = require('@workos-inc/node');
      return new WorkOS('sk_unused').webhooks.verifyHeader({ payload: text(body), sigHeader: headers['workos-signature'], secret });
    },
    sign: signTimed('WorkOS-Signature', (time, signature) => `t=${time}, v1=${signature}`, { unit: 1000 }),
  },

};
