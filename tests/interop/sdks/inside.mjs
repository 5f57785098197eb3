// Signatures that stand in the body itself, over some of its fields: what is tampered with has to be one of those.
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import https from 'node:https';
import { hex, hmac, json, require, text } from './tools.mjs';

const edit = (pattern, by) => ({ headers, body }) => ({ headers, body: Buffer.from(text(body).replace(pattern, by)) });

// ---- Adyen: one signature for each item

const itemsOf = (body) => JSON.parse(text(body)).notificationItems.map((entry) => entry.NotificationRequestItem);

const adyenItem = (value, more) => ({
  NotificationRequestItem: {
    additionalData: { hmacSignature: '' }, amount: { currency: 'EUR', value }, eventCode: 'AUTHORISATION', merchantAccountCode: 'TeaECOM', merchantReference: 'order 1',
    pspReference: `88179361094231${value}`, success: 'true', ...more,
  },
});

const adyen = {
  package: '@adyen/api-library', secret: hex(32), events: ['AUTHORISATION', 'CAPTURE', 'REFUND', 'CHARGEBACK'], set: 'notificationItems[0].NotificationRequestItem.merchantReference',
  inside: true, body: ({ words }) => ({ live: 'false', notificationItems: [adyenItem(10), adyenItem(20, words ? { merchantReference: words } : {})] }),
  tamper: edit(/("value":\s*)(\d)(?!.*"value")/s, (_, name, digit) => name + (digit === '9' ? '8' : Number(digit) + 1)),
  verify: ({ secret, body }) => {
    const judge = new (require('@adyen/api-library').hmacValidator)();
    return itemsOf(body).every((item) => judge.validateHMAC(item, secret));
  },
  sign: ({ secret, body }) => {
    const judge = new (require('@adyen/api-library').hmacValidator)();
    const value = JSON.parse(text(body));
    for (const { NotificationRequestItem: item } of value.notificationItems) item.additionalData.hmacSignature = judge.calculateHmac(item, secret);
    return { headers: json, body: Buffer.from(JSON.stringify(value)) };
  },
};

// ---- AWS SNS: the certificate is downloaded, here from us

// https.get while `work` runs: answers with this text.
async function published(content, work) {
  const get = https.get;
  https.get = (_, answer) => {
    const response = Object.assign(new (require('node:events'))(), { statusCode: 200 });
    queueMicrotask(() => {
      answer(response);
      response.emit('data', content);
      response.emit('end');
    });
    return response;
  };
  try {
    return await work();
  } finally {
    https.get = get;
  }
}

function certificatePair() {
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=sns.example', '-keyout', '-', '-out', '-'];
  const [privateKey, certificate] = execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).match(/-----BEGIN[^]+?-----END[^\n]+\n/g);
  return { privateKey, publicKey: certificate };
}

const snsSigned = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

// No UnsubscribeConfirmation: AWS signs its Token too, as of a SubscriptionConfirmation, but this validator leaves it out.
const sns = {
  package: 'sns-validator', pair: certificatePair, events: ['Notification', 'SubscriptionConfirmation'], set: 'Message', inside: true,
  body: ({ words = 'low tide' }) => ({
    Type: 'Notification', MessageId: '0f6d2b9e-4a51-5c38-93e7-d81b7a20c64f', TopicArn: 'arn:aws:sns:eu-central-1:123456789012:tide', Subject: words.slice(0, 90), Message: words,
    Timestamp: '2026-11-02T09:15:42.318Z', SignatureVersion: words === 'low tide' ? '1' : '2', Signature: '',
    SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-4e07c2a95b6d13f8807a9ed4c16b2f35.pem', UnsubscribeURL: 'https://sns.eu-central-1.amazonaws.com/',
  }),
  tamper: edit(/("MessageId":\s*")(.)/, (_, name, digit) => name + (digit === '7' ? '8' : '7')),
  verify: ({ publicKey, body }) =>
    published(publicKey, () => new Promise((resolve, reject) => {
      delete require.cache[require.resolve('sns-validator')];  // it keeps what it downloaded
      const Validator = require('sns-validator');
      new Validator().validate(text(body), (error) => (error ? reject(error) : resolve(true)));
    })),
  sign: ({ privateKey, body }) => {
    const value = JSON.parse(text(body));
    const content = snsSigned.filter((name) => name in value).map((name) => `${name}\n${value[name]}\n`).join('');
    value.Signature = crypto.sign(value.SignatureVersion === '2' ? 'sha256' : 'sha1', Buffer.from(content), privateKey).toString('base64');
    return {
      headers: { 'Content-Type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': value.Type, 'x-amz-sns-message-id': value.MessageId, 'x-amz-sns-topic-arn': value.TopicArn },
      body: Buffer.from(JSON.stringify(value)),
    };
  },
};

// ---- Dropbox Sign: a form whose part "json" is the event

const boundary = '------------------------b9e40d81f2c6a357';
const multipart = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };

// The part "json" of a form with this Content-Type.
function partOf(body, contentType) {
  const [, mark] = /^multipart\/form-data; boundary=(.+)$/.exec(contentType);
  const part = text(body).split(`--${mark}`).find((other) => /^\r\nContent-Disposition: form-data; name="json"\r\n/i.test(other));
  return part.slice(part.indexOf('\r\n\r\n') + 4, -2);
}

const formWith = (event) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${event}\r\n--${boundary}--\r\n`);

const dropboxSign = {
  package: '@dropbox/sign', secret: hex(32), events: ['signature_request_sent', 'signature_request_signed', 'signature_request_viewed', 'callback_test'],
  inside: true, knownAs: null, asked: ['--header', `Content-Type: ${multipart['Content-Type']}`],
  body: (more) => ({ event: { event_type: 'signature_request_sent', event_time: '1793610942', event_hash: '', event_metadata: {} }, ...more }),
  write: (value) => formWith(JSON.stringify(value)),
  tamper: edit(/("event_type":\s*"signature_request_)(\w)|callback_t/, (found, name, letter) => (name ? name + (letter === 'x' ? 'y' : 'x') : 'callback_x')),
  verify: ({ secret, headers, body }) => {
    const { EventCallbackHelper, EventCallbackRequest } = require('@dropbox/sign');
    return EventCallbackHelper.isValid(secret, EventCallbackRequest.init(JSON.parse(partOf(body, headers['content-type']))));
  },
  sign: ({ secret, body }) => {
    const value = JSON.parse(partOf(body, multipart['Content-Type']));
    value.event.event_hash = hmac('sha256', secret, 'hex', value.event.event_time + value.event.event_type);
    return { headers: multipart, body: formWith(JSON.stringify(value)) };
  },
};

export const inside = { adyen, 'aws-sns': sns, 'dropbox-sign': dropboxSign };
