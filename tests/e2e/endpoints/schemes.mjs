// Five providers, as an endpoint sees them: how they sign, where the id, the type and the object of an event are, what is worth working on.
import crypto from 'node:crypto';

// The only value of a field, or undefined: a field that stands there twice is no field to rely on.
const only = (fields, name) => (fields[name]?.length === 1 ? fields[name][0] : undefined);

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const within = (value, ...path) => path.reduce((inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined), value);

function stripeClaim(fields) {
  const pairs = (only(fields, 'stripe-signature') ?? '').split(',').map((pair) => pair.split('='));
  const values = (key) => pairs.filter((pair) => pair.length === 2 && pair[0] === key).map((pair) => pair[1]);
  const times = values('t');
  return times.length === 1 ? { time: times[0], signatures: values('v1') } : undefined;
}

// One signature behind a prefix, and a time in a field of its own.
function plainClaim(fields, signature, prefix, time) {
  const given = only(fields, signature);
  return given?.startsWith(prefix) ? { time: time && (only(fields, time) ?? ''), signatures: [given.slice(prefix.length)] } : undefined;
}

function standardClaim(fields) {
  const list = (only(fields, 'webhook-signature') ?? '').split(' ').filter((one) => one.startsWith('v1,'));
  return { id: only(fields, 'webhook-id') ?? '', time: only(fields, 'webhook-timestamp') ?? '', signatures: list.map((one) => one.slice(3)) };
}

const githubObject = (event) => ['pull_request', 'issue', 'release', 'discussion'].map((name) => within(event, name)).find(isObject);
const slackObject = (event) => {
  const inner = within(event, 'event');
  const channel = within(inner, 'channel');
  return isObject(channel) ? channel : inner && { ...inner, id: inner.ts };
};

// claim(fields): what a request says of itself, { time, id, signatures }, or undefined. content: the pieces that are signed. ahead: is a
// time in the future refused? own(event): was it caused by ourselves? object(event), at(event): what it is about, and when that was so.
export const schemes = {
  stripe: {
    key: (secret) => Buffer.from(secret),
    claim: stripeClaim,
    content: ({ time }, body) => [`${time}.`, body],
    encoding: 'hex',
    ahead: false,
    id: (fields, event) => within(event, 'id'),
    type: (fields, event) => within(event, 'type'),
    known: /^(account|charge|checkout|customer|invoice|payment_intent|payout|price|product|refund|subscription_schedule)\./,
    object: (event) => within(event, 'data', 'object'),
    at: (event) => [within(event, 'created')],
    own: () => false,
  },
  github: {
    key: (secret) => Buffer.from(secret),
    claim: (fields) => plainClaim(fields, 'x-hub-signature-256', 'sha256='),
    content: (claim, body) => [body],
    encoding: 'hex',
    id: (fields) => only(fields, 'x-github-delivery'),
    type: (fields) => only(fields, 'x-github-event'),
    known: /^(push|issues|issue_comment|pull_request|release|discussion|create|delete|fork|star|workflow_run|check_run)$/,
    object: githubObject,
    at: (event) => [within(githubObject(event), 'updated_at')],
    own: (event) => within(event, 'sender', 'type') === 'Bot',
  },
  slack: {
    key: (secret) => Buffer.from(secret),
    claim: (fields) => plainClaim(fields, 'x-slack-signature', 'v0=', 'x-slack-request-timestamp'),
    content: ({ time }, body) => [`v0:${time}:`, body],
    encoding: 'hex',
    ahead: true,
    later: true, // three seconds are short: answered first, worked on then
    id: (fields, event) => within(event, 'event_id'),
    type: (fields, event) => within(event, 'event', 'type'),
    known: /^(message|app_mention|app_home_opened|channel_\w+|file_shared|link_shared|member_\w+|pin_added|reaction_\w+|team_join)$/,
    object: slackObject,
    at: (event) => [within(event, 'event', 'event_ts'), within(event, 'event_time')],
    own: (event) => Boolean(within(event, 'event', 'bot_id')),
  },
  'standard-webhooks': {
    key: (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'),
    claim: standardClaim,
    content: ({ id, time }, body) => [`${id}.${time}.`, body],
    encoding: 'base64',
    ahead: true,
    id: (fields) => only(fields, 'webhook-id'),
    type: (fields, event) => within(event, 'type'),
    known: /^(article|contact|customer|invoice|lead|message|order|payment|return|user)\./,
    object: (event) => within(event, 'data'),
    at: (event) => [within(event, 'data', 'updated_at'), within(event, 'timestamp')],
    own: (event) => within(event, 'data', 'actor') === 'agent',
  },
  generic: {
    key: (secret) => Buffer.from(secret),
    claim: (fields) => plainClaim(fields, 'x-signature', 'sha256=', 'x-timestamp'),
    content: ({ time }, body) => [`${time}.`, body],
    encoding: 'hex',
    ahead: true,
    id: (fields, event) => within(event, 'id'),
    type: (fields, event) => within(event, 'type'),
    known: /^(agent|article|contact|customer|deployment|lead|order|payment|return|ticket)\./,
    object: (event) => within(event, 'data'),
    at: (event) => [within(event, 'data', 'version'), within(event, 'data', 'updated_at'), within(event, 'created_at')],
    own: (event) => within(event, 'data', 'actor') === 'agent',
  },
};

export const mac = (key, pieces, encoding, hash = 'sha256') => pieces.reduce((one, piece) => one.update(piece), crypto.createHmac(hash, key)).digest(encoding);

// Equal texts, found out in a time that depends on their lengths only.
export function same(given, right) {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && crypto.timingSafeEqual(a, b);
}
export { isObject, only, within };
