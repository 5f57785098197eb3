// Signatures over more than the body: the URL that was called, the method, some headers.
import crypto from 'node:crypto';
import querystring from 'node:querystring';
import { hex, hmac, json, require, sha256, text } from './tools.mjs';

const formOf = (fields) => Buffer.from(new URLSearchParams(fields).toString());

function hubspotFields(version, { secret, url, body, timestamp }) {
  return { clientSecret: secret, requestBody: text(body), url, ...(version === 'v3' ? { timestamp } : {}) };
}

const hubspotSigns = (version, r) => require('@hubspot/api-client').Signature.getSignature('POST', version, hubspotFields(version, r));

const hubspot = (version) => ({
  package: '@hubspot/api-client', secret: () => crypto.randomUUID(), events: ['contact.creation', 'contact.propertyChange', 'deal.creation', 'company.creation'], set: '[0].sourceId',
  verify: (r) =>
    require('@hubspot/api-client').Signature.isValid({ ...hubspotFields(version, r), signatureVersion: version, signature: r.headers['x-hubspot-signature'], method: 'POST' }),
  sign: (r) => ({ headers: { ...json, 'X-HubSpot-Signature-Version': version, 'X-HubSpot-Signature': hubspotSigns(version, r) } }),
});

// The path with its query, as the SDK wants it.
const pathOf = (url) => url.replace(/^[a-z]+:[/][/][^/]+/, '');

export const address = {
  twilio: {
    package: 'twilio', secret: hex(16), events: ['message.received', 'message.delivered', 'call.ringing', 'call.completed'], set: 'Body', form: true,
    body: ({ words }) => ({ To: '+14155550199', From: '+14155550142', Empty: '', ...(words ? { Body: words } : {}) }), write: formOf,
    verify: ({ secret, headers, body, url }) => require('twilio').validateRequest(secret, headers['x-twilio-signature'], url, querystring.parse(text(body))),
    sign: ({ secret, body, url }) => ({
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'X-Twilio-Signature': require('twilio').getExpectedTwilioSignature(secret, url, querystring.parse(text(body))),
      },
    }),
  },

  'twilio-json': {
    package: 'twilio', secret: hex(16), events: ['com.twilio.messaging.message.delivered', 'com.twilio.messaging.inbound-message.received'], set: '[0].data.body',
    verify: ({ secret, headers, body, url }) => require('twilio').validateRequestWithBody(secret, headers['x-twilio-signature'], url, text(body)),
    sign: ({ secret, body, url }) => {
      const whole = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${sha256('hex', body)}`;
      return { url: whole, headers: { ...json, 'X-Twilio-Signature': require('twilio').getExpectedTwilioSignature(secret, whole, {}) } };
    },
  },

  'hubspot-v1': hubspot('v1'),
  'hubspot-v2': hubspot('v2'),

  'hubspot-v3': {
    ...hubspot('v3'), clock: { age: 300 },
    verify: (r) => {
      const signed = { signatureVersion: 'v3', signature: r.headers['x-hubspot-signature-v3'], method: 'POST' };
      const timestamp = Number(r.headers['x-hubspot-request-timestamp']);
      return require('@hubspot/api-client').Signature.isValid({ ...hubspotFields('v3', { ...r, timestamp }), ...signed });
    },
    sign: (r) => {
      const timestamp = r.timestamp * 1000;
      return { headers: { ...json, 'X-HubSpot-Request-Timestamp': String(timestamp), 'X-HubSpot-Signature-v3': hubspotSigns('v3', { ...r, timestamp }) } };
    },
  },

  square: {
    package: 'square', secret: hex(11), events: ['payment.created', 'order.updated', 'customer.created', 'refund.updated'], set: 'data.object.note',
    verify: ({ secret, headers, body, url }) =>
      require('square').WebhooksHelper.verifySignature({
        requestBody: text(body), signatureHeader: headers['x-square-hmacsha256-signature'], signatureKey: secret, notificationUrl: url,
      }),
    sign: ({ secret, body, url }) => ({ headers: { ...json, 'x-square-hmacsha256-signature': hmac('sha256', secret, 'base64', url, body) } }),
  },

  // Method, path with query, the headers that a header names, and the body.
  contentful: {
    package: '@contentful/node-apps-toolkit', secret: hex(32), events: ['ContentManagement.Entry.publish', 'ContentManagement.Entry.save', 'ContentManagement.Asset.publish'],
    set: 'sys.note', clock: { age: 30 }, asked: ['--event', 'ContentManagement.Entry.publish'],
    verify: ({ secret, headers, body, url }) => require('@contentful/node-apps-toolkit').verifyRequest(secret, { method: 'POST', path: pathOf(url), headers, body: text(body) }),
    sign: ({ secret, body, url, timestamp }) => {
      const { signRequest } = require('@contentful/node-apps-toolkit');
      const headers = { 'Content-Type': 'application/vnd.contentful.management.v1+json', 'X-Contentful-Topic': 'ContentManagement.Entry.publish' };
      return { headers: { ...headers, ...signRequest(secret, { method: 'POST', path: pathOf(url), headers, body: text(body) }, timestamp * 1000) } };
    },
  },
};
