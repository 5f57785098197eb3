// HMAC of the body alone, or the secret itself, in one header: no time to check.
import crypto from 'node:crypto';
import { hex, hmac, json, require, text } from './tools.mjs';

// What most of them are: HMAC-SHA256 of the body as `form` after `prefix`.
const signBody = (header, form, prefix = '', more = {}) => ({ secret, body }) => ({
  headers: { ...json, ...more, [header]: prefix + hmac('sha256', secret, form, body) },
});

async function shopifyOf(secret) {
  await import('@shopify/shopify-api/adapters/node');
  const { ApiVersion, shopifyApi } = await import('@shopify/shopify-api');
  return shopifyApi({
    apiKey: 'unused', apiSecretKey: secret, hostName: 'shop.example', isEmbeddedApp: false, apiVersion: Object.values(ApiVersion)[0], logger: { level: 0 },
  });
}

const telegramBot = () => {
  const { Bot } = require('grammy');
  return new Bot('1:unused', { botInfo: { id: 1, is_bot: true, first_name: 'Tide', username: 'tide_bot' } });
};

export const plain = {
  github: {
    package: '@octokit/webhooks-methods', secret: () => `It's a Secret to Everybody ü ${hex(4)()}`, events: ['push', 'pull_request.opened', 'secret_scanning_alert.created', 'ping'],
    set: 'repository.description', rotation: 'keys',
    verify: async ({ secret, secrets = [], headers, body }) => {
      const { verifyWithFallback } = await import('@octokit/webhooks-methods');
      return verifyWithFallback(secret, text(body), headers['x-hub-signature-256'], secrets);
    },
    sign: async ({ secret, body, id }) => {
      const { sign } = await import('@octokit/webhooks-methods');
      return { headers: { ...json, 'X-GitHub-Event': 'issues', 'X-GitHub-Delivery': id, 'X-Hub-Signature-256': await sign(secret, text(body)) } };
    },
  },

  shopify: {
    package: '@shopify/shopify-api', secret: hex(32), events: ['orders/create', 'orders/paid', 'app/uninstalled', 'customers/create'], set: 'note',
    asked: ['--event', 'orders/create', '--header', 'X-Shopify-Shop-Domain: tea.example'],
    verify: async ({ secret, headers, body, url }) =>
      (await (await shopifyOf(secret)).webhooks.validate({ rawBody: text(body), rawRequest: { headers, url, method: 'POST' }, rawResponse: {} })).valid,
    sign: ({ secret, body, id }) => ({
      headers: {
        ...json, 'X-Shopify-Topic': 'orders/create', 'X-Shopify-Hmac-Sha256': hmac('sha256', secret, 'base64', body), 'X-Shopify-Shop-Domain': 'tea.example',
        'X-Shopify-API-Version': '2026-01', 'X-Shopify-Webhook-Id': id,
      },
    }),
  },

  'adyen-platform': {
    package: '@adyen/api-library', secret: hex(32), events: ['balancePlatform.transfer.created', 'balancePlatform.transfer.updated', 'balancePlatform.balanceAccount.created'],
    set: 'data.description',
    verify: ({ secret, headers, body }) => new (require('@adyen/api-library').hmacValidator)().validateHMACSignature(secret, headers.hmacsignature, text(body)),
    sign: ({ secret, body }) => {
      const { hmacValidator } = require('@adyen/api-library');
      return { headers: { ...json, Protocol: 'HmacSHA256', HmacSignature: new hmacValidator().calculateHmac(text(body), secret) } };
    },
  },

  'coinbase-commerce': {
    package: 'coinbase-commerce-node', secret: hex(16), events: ['charge:created', 'charge:confirmed', 'charge:failed', 'charge:pending'], set: 'event.data.description',
    body: (more) => ({ id: '1', event: { id: 'e1', resource: 'event', type: 'charge:created', ...more } }),
    verify: ({ secret, headers, body }) => Boolean(require('coinbase-commerce-node').Webhook.verifyEventBody(text(body), headers['x-cc-webhook-signature'], secret)),
    sign: ({ secret, body }) => ({
      headers: { ...json, 'X-CC-Webhook-Signature': require('coinbase-commerce-node').Webhook.computeSignature(text(body), secret) },
    }),
  },

  hookdeck: {
    package: '@hookdeck/sdk', secret: hex(16), events: ['order.created', 'customer.updated', 'order.refunded'], set: 'data.note',
    verify: async ({ secret, headers, body }) => {
      const { verifyWebhookSignature } = require('@hookdeck/sdk/webhooks/helpers');
      return (await verifyWebhookSignature({ headers, rawBody: text(body), signingSecret: secret })).isValidSignature;
    },
    sign: signBody('x-hookdeck-signature', 'base64', '', { 'x-hookdeck-eventid': 'evt_T8sQwXr1ZaBc9dKeYfHn' }),
  },

  line: {
    package: '@line/bot-sdk', secret: hex(16), events: ['message', 'follow', 'postback', 'unfollow'], set: 'events[0].message.text',
    verify: ({ secret, headers, body }) => require('@line/bot-sdk').validateSignature(body, secret, headers['x-line-signature']),
    sign: signBody('x-line-signature', 'base64'),
  },

  notion: {
    package: '@notionhq/client', secret: () => `secret_${hex(16)()}`, events: ['page.created', 'comment.created', 'page.content_updated', 'page.deleted'], set: 'workspace_name',
    verify: ({ secret, headers, body }) =>
      require('@notionhq/client').verifyWebhookSignature({ body: text(body), signature: headers['x-notion-signature'], verificationToken: secret }),
    sign: async ({ secret, body }) => ({
      headers: { ...json, 'X-Notion-Signature': await require('@notionhq/client').signWebhookPayload({ body: text(body), verificationToken: secret }) },
    }),
  },

  // The SDK knows the secret by the key in the header.
  pusher: {
    package: 'pusher', secret: hex(10), events: ['channel_occupied', 'client_event', 'member_added'], set: 'events[0].channel', rotation: 'keys',
    verify: ({ secret, secrets = [], headers, body }) => {
      const Pusher = require('pusher');
      const key = headers['x-pusher-key'];
      const app = new Pusher({ appId: '1', key, secret, cluster: 'eu' });
      return app.webhook({ headers, rawBody: text(body) }).isValid(secrets.map((other) => ({ key, secret: other })));
    },
    sign: signBody('X-Pusher-Signature', 'hex', '', { 'X-Pusher-Key': '5c1f0b7e9d3a2846b0e7' }),
  },

  razorpay: {
    package: 'razorpay', secret: hex(10), events: ['payment.captured', 'payment.failed', 'order.paid'], set: 'payload.payment.entity.description',
    verify: ({ secret, headers, body }) => require('razorpay').validateWebhookSignature(text(body), headers['x-razorpay-signature'], secret),
    sign: signBody('X-Razorpay-Signature', 'hex', '', { 'x-razorpay-event-id': 'RaKd9sLmVbYcZH' }),
  },

  // A token, which does not protect the body: the twin has another one.
  telegram: {
    package: 'grammy', secret: () => crypto.randomBytes(24).toString('base64url'), events: ['message.private', 'callback_query.private', 'message.group', 'my_chat_member.supergroup'],
    set: 'message.text', body: (more) => ({ update_id: 1, poll_unknown: more }),
    tamper: ({ headers, body }) => ({ body, headers: { ...headers, 'X-Telegram-Bot-Api-Secret-Token': `${headers['X-Telegram-Bot-Api-Secret-Token'].slice(1)}_` } }),
    verify: async ({ secret, headers, body }) => {
      let refused = false;
      const handle = require('grammy').webhookCallback(telegramBot(), 'callback', { secretToken: secret });
      await handle(JSON.parse(text(body)), () => {}, headers['x-telegram-bot-api-secret-token'], () => (refused = true));
      return !refused;
    },
    sign: ({ secret }) => ({ headers: { ...json, 'X-Telegram-Bot-Api-Secret-Token': secret } }),
  },
};
