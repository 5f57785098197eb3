// The requests that are tried: keys, bodies of our own, their tampered twins, and the words that hand them to hookctl.
import crypto from 'node:crypto';
import { file } from './hookctl.mjs';

export const kWords = 'Grüße, 你好 🎉 & "a=b"\u2028';
export const now = () => Math.floor(Date.now() / 1000);

// One letter or digit in the middle becomes another.
function otherLetter({ headers, body }) {
  const twin = Buffer.from(body);
  let at = twin.length >> 1;
  while (at < twin.length && (!/[A-Ya-y0-8]/.test(String.fromCharCode(twin[at])) || twin[at - 1] === 0x5c)) ++at;
  if (at < twin.length) twin[at] += 1;
  return { headers, body: twin };
}

// The same request, tampered with; a Content-Length that is stated stays right.
export function tampered(sdk, request) {
  const twin = { ...request, ...(sdk.tamper ?? otherLetter)(request) };
  if (twin.headers['Content-Length']) twin.headers = { ...twin.headers, 'Content-Length': String(twin.body.length) };
  return twin;
}

const indented = (value, plain) => Buffer.from(plain ? JSON.stringify(value, null, 2) + '\r\n' : JSON.stringify(value));
const anEvent = (more) => ({ id: 'evt_1', type: 'contact.created', data: {}, ...more });

// ASCII with odd white space, text of several bytes a letter, a large one.
export function bodiesOf(sdk, timestamp = now()) {
  const { body = anEvent, write = indented } = sdk;
  const of = (more, plain) => Buffer.from(write(body(more, timestamp), plain));
  return { plain: of({}, true), utf8: of({ words: kWords }, false), large: of({ words: 'tea '.repeat(20_000) }, false) };
}

export function keysOf(sdk) {
  if (!sdk.pair) return { secret: sdk.secret() };
  const pair = sdk.pair();
  return { ...pair, privateKeyFile: file(pair.privateKey) };
}

export const signWith = (keys) => (keys.secret ? ['--secret', keys.secret] : ['--private-key', `file:${keys.privateKeyFile}`]);

export function verifyWith(keys) {
  if (keys.secret) return ['--secret', keys.secret];
  return keys.publicKey.includes('CERTIFICATE') ? ['--certificate', file(keys.publicKey)] : ['--public-key', keys.publicKey];
}

// Signed by the SDK (or node:crypto). -> {url, headers, body, timestamp}
export async function signedBySdk(sdk, keys, url, body, timestamp = now()) {
  const signed = await sdk.sign({ ...keys, url, body, timestamp, id: crypto.randomUUID() });
  return { url: signed.url ?? url, headers: signed.headers, body: signed.body ?? body, timestamp };
}

// What `hookctl verify` is asked, at the time of the signing.
export function verifyWords(id, keys, request, at = request.timestamp) {
  const headers = Object.entries(request.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  return ['verify', '--provider', id, ...verifyWith(keys), ...headers, '--url', request.url, '--body', file(request.body), '--now', String(at), '--json'];
}

export function recordOf(id, keys, { url, headers, body, timestamp }) {
  const key = keys.secret ? { secret: keys.secret } : { public_key: keys.publicKey };
  return JSON.stringify({ provider: id, ...key, now: timestamp, method: 'POST', url, headers, body_base64: body.toString('base64') });
}
