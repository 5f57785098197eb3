// The providers' own SDKs judge what hookctl signs, and hookctl judges what they sign: interop.mjs HOOKCTL [PROVIDER...]
// Each case is a line, "ok" or "FAIL"; the last line counts them. Exit 0: all passed.
import crypto from 'node:crypto';
import http from 'node:http';
import { file, Hookctl } from './hookctl.mjs';
import { sdks, versionOf } from './sdks.mjs';

const kWords = 'Grüße, 你好 🎉 & "a=b"\u2028';
const hookctl = new Hookctl(process.argv[2]);
let passed = 0;
let failed = 0;

function check(name, holds, why = '') {
  holds ? ++passed : ++failed;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds ? '' : `: ${why}`}`);
}

// ---- an endpoint that believes only the SDK

const same = (a, b) => Buffer.compare(a, b) === 0;
const short = (result) => `exit ${result.code}, ${result.err || result.out}`.slice(0, 600);

// 200 for what the SDK accepts, 401 for the rest. `requests` keeps what came; `origin` is how the sender knows it (for signed URLs).
class Endpoint {
  constructor(sdk, keys) {
    this.requests = [];
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      let accepted = false;
      try {
        accepted = (await sdk.verify({ ...keys, url: this.origin + request.url, headers: request.headers, body })) === true;
      } catch {
        // refused
      }
      this.requests.push({ accepted, body, rawHeaders: request.rawHeaders, url: request.url });
      response.writeHead(accepted ? 200 : 401).end(accepted ? 'thank you' : 'bad signature');
    });
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.address = this.origin = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  // What came since the last call.
  take() {
    return this.requests.splice(0);
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// Sends exactly these headers (an object, or a flat list) and bytes. -> status
function post(url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject).end(body);
  });
}

// ---- requests

// One letter or digit in the middle becomes another.
function tampered(body) {
  const twin = Buffer.from(body);
  let at = twin.length >> 1;
  while (!/[A-Ya-y0-8]/.test(String.fromCharCode(twin[at])) || twin[at - 1] === 0x5c) ++at;
  twin[at] += 1;
  return twin;
}

// Bodies of our own: ASCII with odd white space, text of several bytes a letter, a large one.
function bodiesOf(sdk) {
  if (sdk.form) {
    const form = (fields) => Buffer.from(new URLSearchParams(fields).toString());
    return { plain: form({ To: '+14155550199', From: '+14155550142', Empty: '' }), utf8: form({ Body: kWords, To: '+1' }), large: form({ Body: 'tea '.repeat(20_000) }) };
  }
  const base = sdk.body ?? { id: 'evt_1', type: 'contact.created', data: {} };
  return {
    plain: Buffer.from(JSON.stringify(base, null, 2) + '\r\n'),
    utf8: Buffer.from(JSON.stringify({ ...base, words: kWords })),
    large: Buffer.from(JSON.stringify({ ...base, words: 'tea '.repeat(20_000) })),
  };
}

function keysOf(sdk) {
  if (!sdk.pair) return { secret: sdk.secret() };
  const pair = sdk.pair();
  return { ...pair, privateKeyFile: file(pair.privateKey) };
}

const signWith = (keys) => (keys.secret ? ['--secret', keys.secret] : ['--private-key', `file:${keys.privateKeyFile}`]);
const verifyWith = (keys) => (keys.secret ? ['--secret', keys.secret] : ['--public-key', keys.publicKey]);

// Signed by the SDK (or node:crypto), now. -> {url, headers, body}
async function signedBySdk(sdk, keys, url, body) {
  const signed = await sdk.sign({ ...keys, url, body, timestamp: Math.floor(Date.now() / 1000), id: crypto.randomUUID() });
  return { url: signed.url ?? url, headers: signed.headers, body };
}

// ---- the cases

// The events to send: as they are, and one with text of several bytes a letter in it.
function sendings(sdk) {
  const plain = sdk.events.map((event) => ({ event, edit: [], name: event }));
  return [...plain, { event: sdk.events[0], edit: ['--set', `${sdk.set}=${kWords}`], name: `${sdk.events[0]} with multi-byte text` }];
}

async function sendIsAccepted(id, sdk, keys) {
  const endpoint = await new Endpoint(sdk, keys).start();
  const to = `${endpoint.address}/hooks/${id}?a=1&b=%20x`;
  for (const { event, edit, name } of sendings(sdk)) {
    const sent = await hookctl.run('send', id, event, ...edit, '--to', to, ...signWith(keys), '--json');
    const got = endpoint.take();
    check(`${id} send ${name}: accepted`, sent.code === 0 && got.length === 1 && got[0].accepted, short(sent));

    const dry = await hookctl.run('send', id, event, ...edit, '--to', to, ...signWith(keys), '--dry-run', '--json');
    const record = dry.code === 0 ? JSON.parse(dry.out) : { url: to, headers: {}, body_base64: 'e30=' };
    const body = Buffer.from(record.body_base64, 'base64');
    const asMade = await post(record.url, record.headers, body);
    const asTampered = await post(record.url, record.headers, tampered(body));
    check(`${id} send ${name}: tampered twin refused`, asMade === 200 && asTampered === 401, `${asMade} as made, ${asTampered} tampered; ${dry.err}`);
    if (edit.length > 0 && !sdk.form) check(`${id} send ${name}: the text is in the body`, body.includes(JSON.stringify(kWords).slice(1, 20)), body.toString().slice(0, 300));
    endpoint.take();
  }
  const other = keysOf(sdk);
  if (keys.secret && other.secret === keys.secret) other.secret += 'x';
  const wrong = await hookctl.run('send', id, sdk.events[0], '--to', to, ...signWith(other));
  check(`${id} send with another key: refused`, wrong.code === 1 && !endpoint.take()[0]?.accepted, short(wrong));
  endpoint.stop();
}

// hookctl sign: own bodies, --json and raw.
async function signIsAccepted(id, sdk, keys) {
  const endpoint = await new Endpoint(sdk, keys).start();
  for (const [kind, body] of Object.entries(bodiesOf(sdk))) {
    const event = id === 'shopify' ? ['--event', 'orders/create', '--header', 'X-Shopify-Shop-Domain: tea.example'] : [];
    const made = await hookctl.run('sign', '--provider', id, ...signWith(keys), '--body', file(body), '--url', `${endpoint.address}/hooks?x=y`, ...event, '--json');
    const record = made.code === 0 ? JSON.parse(made.out) : { url: endpoint.address, headers: {}, body_base64: 'e30=' };
    const bytes = Buffer.from(record.body_base64, 'base64');
    const status = await post(record.url, record.headers, bytes);
    const twin = await post(record.url, record.headers, tampered(bytes));
    check(`${id} sign ${kind} body: accepted, tampered twin refused`, status === 200 && twin === 401 && same(bytes, body), `${status}, ${twin}; ${made.err}`);
  }
  endpoint.stop();
}

function verifyWords(id, keys, request) {
  const headers = Object.entries(request.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  return ['verify', '--provider', id, ...verifyWith(keys), ...headers, '--url', request.url, '--body', file(request.body), '--json'];
}

function recordOf(id, keys, request) {
  const key = keys.secret ? { secret: keys.secret } : { public_key: keys.publicKey };
  return JSON.stringify({ provider: id, ...key, method: 'POST', url: request.url, headers: request.headers, body_base64: request.body.toString('base64') });
}

async function verifyAccepts(id, sdk, keys) {
  const records = [];
  for (const [kind, body] of Object.entries(bodiesOf(sdk))) {
    const request = await signedBySdk(sdk, keys, `https://shop.example/hooks/${id}?a=1`, body);
    const twin = { ...request, body: tampered(body) };
    const good = await hookctl.run(...verifyWords(id, keys, request));
    check(`${id} verify ${kind} body: accepted`, good.code === 0 && JSON.parse(good.out).valid === true, short(good));
    const bad = await hookctl.run(...verifyWords(id, keys, twin));
    const code = bad.code === 1 ? JSON.parse(bad.out).code : '';
    check(`${id} verify ${kind} body: tampered twin refused`, ['signature_mismatch', 'body_mismatch'].includes(code), short(bad));
    records.push(recordOf(id, keys, request), recordOf(id, keys, twin));
  }
  const bulk = await hookctl.run('verify', '--records', file(records.join('\n') + '\n'));
  const verdicts = bulk.out.split('\n').filter(Boolean).map((line) => JSON.parse(line).verdict);
  check(`${id} verify --records: each twin refused, each other accepted`, bulk.code === 1 && verdicts.join() === 'valid,invalid,valid,invalid,valid,invalid', short(bulk));
}

// The header lines but for those that belong to one connection.
const endToEnd = (raw) => {
  const lines = [];
  for (let i = 0; i < raw.length; i += 2) if (!/^(host|connection|keep-alive)$/i.test(raw[i])) lines.push(`${raw[i]}: ${raw[i + 1]}`);
  return lines.join('\n');
};

async function listenForwards(id, sdk, keys) {
  const endpoint = await new Endpoint(sdk, keys).start();
  const listener = await hookctl.listen('--provider', id, ...verifyWith(keys), '--forward-to', endpoint.address);
  endpoint.origin = listener.origin;  // what was signed
  for (const { event, edit, name } of sendings(sdk)) {
    const sent = await hookctl.run('send', id, event, ...edit, '--to', `${listener.origin}/hooks?a=1`, ...signWith(keys));
    const got = endpoint.take();
    check(`${id} listen forwards ${name}: accepted behind it`, sent.code === 0 && got.length === 1 && got[0].accepted, short(sent));
  }
  for (const [kind, body] of Object.entries(bodiesOf(sdk))) {
    const request = await signedBySdk(sdk, keys, `${listener.origin}/hooks?a=%41`, body);
    const headers = ['Host', new URL(listener.origin).host, ...Object.entries(request.headers).flat(), 'X-oDD-case', '', 'x-twice', '1', 'x-twice', '2', 'Content-Length', String(body.length)];
    const status = await post(request.url, headers, body);
    const got = endpoint.take();
    const unchanged = got.length === 1 && got[0].accepted && same(got[0].body, body) && endToEnd(got[0].rawHeaders) === endToEnd(headers) && listener.origin + got[0].url === request.url;
    check(`${id} listen forwards what the SDK signed, ${kind} body: unchanged and accepted`, status === 200 && unchanged, `${status}, ${JSON.stringify(got.map((g) => g.rawHeaders))}`);
    const twin = await post(request.url, headers, tampered(body));
    check(`${id} listen, ${kind} body: tampered twin refused, endpoint not asked`, twin === 401 && endpoint.take().length === 0, String(twin));
  }
  const code = await listener.stop();
  check(`${id} listen ends well`, code === 0, `exit ${code}`);
  endpoint.stop();
}

// Without --provider, each is known by its headers.
async function listenRecognises(id, sdk, keys) {
  const listener = await hookctl.listen(...verifyWith(keys));
  const sent = await hookctl.run('send', id, sdk.events[0], '--to', listener.origin, ...signWith(keys));
  await listener.stop();
  const seen = listener.records().find((record) => record.schema === 'hookctl.request.v1');
  check(`${id} listen recognises it by its headers`, sent.code === 0 && seen?.provider === id && seen.verdict === 'valid', JSON.stringify(seen ?? short(sent)));
}

const asked = process.argv.slice(3);
for (const [id, sdk] of Object.entries(sdks)) {
  if (asked.length > 0 && !asked.includes(id)) continue;
  console.log(`# ${id}: ${versionOf(sdk)}`);
  const keys = keysOf(sdk);
  for (const part of [sendIsAccepted, signIsAccepted, verifyAccepts, listenForwards, listenRecognises]) {
    try {
      await part(id, sdk, keys);
    } catch (error) {
      check(`${id} ${part.name}`, false, error.stack);
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
