// The cases every provider is put through. Each takes {id, sdk, keys, hookctl, check}.
import { challengeIsAnswered, hasEndpoint } from './challenges.mjs';
import { Endpoint, endToEnd, post } from './endpoint.mjs';
import { file } from './hookctl.mjs';
import { bodiesOf, keysOf, kWords, now, recordOf, signedBySdk, signWith, tampered, verifyWith, verifyWords } from './requests.mjs';

const same = (a, b) => Buffer.compare(a, b) === 0;
const short = (result) => `exit ${result.code}, ${result.err || result.out}`.slice(0, 600);
const tenDays = 864_000;

// The events to send: as they are, and one with text of several bytes a letter in it.
function sendings(sdk) {
  const plain = sdk.events.map((event) => ({ event, edit: [], name: event }));
  const [event] = sdk.events;
  return sdk.set ? [...plain, { event, edit: ['--set', `${sdk.set}=${kWords}`], name: `${event} with multi-byte text` }] : plain;
}

// The request that hookctl made; one that nobody accepts when it made none.
function madeBy(result, url) {
  const record = result.code === 0 ? JSON.parse(result.out) : { url, headers: {}, body_base64: 'e30=' };
  return { url: record.url, headers: record.headers, body: Buffer.from(record.body_base64, 'base64') };
}

async function statusOf(request) {
  return post(request.url, request.headers, request.body);
}

async function sendOne({ id, sdk, keys, hookctl, check }, endpoint, { event, edit, name }) {
  const to = `${endpoint.address}/hooks/${id}?a=1&b=%20x`;
  const words = ['send', id, event, ...edit, '--to', to, ...signWith(keys)];
  const sent = await hookctl.run(...words, '--json');
  const got = endpoint.take();
  check(`${id} send ${name}: accepted`, sent.code === 0 && got.length === 1 && got[0].accepted, `${short(sent)} ${got[0]?.why}`);

  const dry = await hookctl.run(...words, '--dry-run', '--json');
  const request = madeBy(dry, to);
  const asMade = await statusOf(request);
  const asTampered = await statusOf(tampered(sdk, request));
  check(`${id} send ${name}: tampered twin refused`, asMade === 200 && asTampered === 401, `${asMade} as made, ${asTampered} tampered; ${dry.err}`);
  const written = request.body.includes(JSON.stringify(kWords).slice(1, 20)) || sdk.form;
  if (edit.length > 0) check(`${id} send ${name}: the text is in the body`, written, request.body.toString().slice(0, 300));
  endpoint.take();
}

async function sendIsAccepted(test) {
  const { id, sdk, keys, hookctl, check } = test;
  const endpoint = await new Endpoint(sdk, keys).start();
  for (const sending of sendings(sdk)) await sendOne(test, endpoint, sending);
  const wrong = await hookctl.run('send', id, sdk.events[0], '--to', endpoint.address, ...signWith(keysOf(sdk)));
  check(`${id} send with another key: refused`, wrong.code === 1 && endpoint.take()[0]?.accepted === false, short(wrong));
  endpoint.stop();
}

// hookctl sign: own bodies, which stay as they are. (A body that says when it is sent is told the time that it says.)
async function signIsAccepted({ id, sdk, keys, hookctl, check }) {
  const endpoint = await new Endpoint(sdk, keys).start();
  const at = now();
  for (const [kind, body] of Object.entries(bodiesOf(sdk, at))) {
    const words = ['--body', file(body), '--url', `${endpoint.address}/hooks?x=y`, '--now', String(at), ...(sdk.asked ?? [])];
    const made = await hookctl.run('sign', '--provider', id, ...signWith(keys), ...words, '--json');
    const request = madeBy(made, endpoint.address);
    const status = await statusOf(request);
    const twin = await statusOf(tampered(sdk, request));
    const kept = sdk.inside || same(request.body, body);
    check(`${id} sign ${kind} body: accepted, tampered twin refused`, status === 200 && twin === 401 && kept, `${status}, ${twin}; ${made.err} ${endpoint.take()[0]?.why}`);
  }
  endpoint.stop();
}

// Wrong, and when hookctl claims to know why, then because of the body.
function refused(result, sdk) {
  const answer = result.code === 1 ? JSON.parse(result.out) : {};
  return answer.verdict === 'invalid' && (answer.confidence !== 'certain' || answer.code === 'body_mismatch' || sdk.tamper !== undefined);
}

async function verifyAccepts({ id, sdk, keys, hookctl, check }) {
  const records = [];
  for (const [kind, body] of Object.entries(bodiesOf(sdk))) {
    const request = await signedBySdk(sdk, keys, `https://shop.example/hooks/${id}?a=1`, body);
    const twin = tampered(sdk, request);
    const good = await hookctl.run(...verifyWords(id, keys, request));
    check(`${id} verify ${kind} body: accepted`, good.code === 0 && JSON.parse(good.out).valid === true, short(good));
    const bad = await hookctl.run(...verifyWords(id, keys, twin));
    check(`${id} verify ${kind} body: tampered twin refused`, refused(bad, sdk), short(bad));
    records.push(recordOf(id, keys, request), recordOf(id, keys, twin));
  }
  const bulk = await hookctl.run('verify', '--records', file(records.join('\n') + '\n'));
  const verdicts = bulk.out.split('\n').filter(Boolean).map((line) => JSON.parse(line).verdict);
  check(`${id} verify --records: each twin refused, each other accepted`, bulk.code === 1 && verdicts.join() === 'valid,invalid,valid,invalid,valid,invalid', short(bulk));
}

async function listenOne({ id, sdk, keys, check }, endpoint, listener, [kind, body]) {
  const request = await signedBySdk(sdk, keys, `${listener.origin}/hooks?a=%41`, body);
  const twin = tampered(sdk, request);
  const headersOf = (r) =>
    ['Host', new URL(listener.origin).host, ...Object.entries(r.headers).flat(), 'X-oDD-case', '', 'x-twice', '1', 'x-twice', '2', 'Content-Length', String(r.body.length)];
  const status = await post(request.url, headersOf(request), request.body);
  const got = endpoint.take();
  const unchanged = got.length === 1 && got[0].accepted && same(got[0].body, request.body) && endToEnd(got[0].rawHeaders) === endToEnd(headersOf(request)) &&
    listener.origin + got[0].url === request.url;
  const name = `${id} listen forwards what the SDK signed, ${kind} body: unchanged and accepted`;
  check(name, status === 200 && unchanged, `${status}, ${JSON.stringify(got.map((g) => [g.why, g.rawHeaders]))}`);
  const answer = await post(twin.url, headersOf(twin), twin.body);
  check(`${id} listen, ${kind} body: tampered twin refused, endpoint not asked`, answer === 401 && endpoint.take().length === 0, String(answer));
}

async function listenForwards(test) {
  const { id, sdk, keys, hookctl, check } = test;
  const endpoint = await new Endpoint(sdk, keys).start();
  const listener = await hookctl.listen('--provider', id, ...verifyWith(keys), '--forward-to', endpoint.address);
  endpoint.origin = listener.origin;  // what was signed
  for (const { event, edit, name } of sendings(sdk)) {
    const sent = await hookctl.run('send', id, event, ...edit, '--to', `${listener.origin}/hooks?a=1`, ...signWith(keys));
    const got = endpoint.take();
    check(`${id} listen forwards ${name}: accepted behind it`, sent.code === 0 && got.length === 1 && got[0].accepted, short(sent));
  }
  for (const own of Object.entries(bodiesOf(sdk))) await listenOne(test, endpoint, listener, own);
  const code = await listener.stop();
  check(`${id} listen ends well`, code === 0, `exit ${code}`);
  endpoint.stop();
}

// Without --provider, each is known by its headers, or taken for the family they are of.
async function listenRecognises({ id, sdk, keys, hookctl, check }) {
  const { knownAs = id } = sdk;
  if (!knownAs) return;
  const listener = await hookctl.listen(...verifyWith(keys));
  const sent = await hookctl.run('send', id, sdk.events[0], '--to', listener.origin, ...signWith(keys));
  await listener.stop();
  const seen = listener.records().find((record) => record.schema === 'hookctl.request.v1');
  check(`${id} listen recognises ${knownAs} by the headers`, sent.code === 0 && seen?.provider === knownAs && seen.verdict === 'valid', JSON.stringify(seen ?? short(sent)));
}

// ---- time: [seconds from now, whether the SDK takes it], on both sides of each bound

function momentsOf({ age, ahead }) {
  const near = Math.min(20, Math.floor((age ?? 40) / 2));
  const past = age === undefined ? [[-tenDays, true]] : [[-age + near, true], [-age - near, false]];
  const inside = ahead > near ? [[ahead - near, true]] : [];
  return [...past, ...inside, ahead === undefined ? [tenDays, true] : [ahead + near, false]];
}

async function accepts(sdk, keys, request) {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  try {
    return (await sdk.verify({ ...keys, ...request, headers })) === true;
  } catch {
    return false;
  }
}

async function timesAgree({ id, sdk, keys, hookctl, check }) {
  if (!sdk.clock) return;
  for (const [offset, taken] of momentsOf(sdk.clock)) {
    const at = now();
    const body = bodiesOf(sdk, at + offset).utf8;
    const request = await signedBySdk(sdk, keys, `https://shop.example/hooks/${id}`, body, at + offset);
    const bySdk = await accepts(sdk, keys, request);
    const result = await hookctl.run(...verifyWords(id, keys, request, at));
    const { verdict, code } = result.code <= 1 ? JSON.parse(result.out) : {};
    const agreed = taken ? verdict === 'valid' : verdict === 'invalid' && code === (offset < 0 ? 'timestamp_too_old' : 'timestamp_in_future');
    const name = `${id} signed ${Math.abs(offset)} s ${offset < 0 ? 'ago' : 'ahead'}: both ${taken ? 'accept' : 'refuse'}`;
    check(name, bySdk === taken && agreed, `SDK ${bySdk}, hookctl ${verdict} ${code} ${result.err}`);
  }
}

// ---- rotation: an old secret and a new one

const both = (a, b) => ['--secret', a, '--secret', b];

// hookctl signs with both: with which of them alone does the SDK accept? Where there is one signature, it is by the first.
async function severalSecrets({ id, sdk, hookctl, check }, first, last) {
  const words = ['--body', file(bodiesOf(sdk).utf8), '--url', 'http://shop.example/', ...(sdk.asked ?? [])];
  const request = madeBy(await hookctl.run('sign', '--provider', id, ...both(first, last), ...words, '--json'), 'http://shop.example/');
  const [byFirst, byLast] = { signatures: [true, true], 'last signature': [false, true] }[sdk.rotation] ?? [true, false];
  for (const [which, secret, wanted] of [['first', first, byFirst], ['last', last, byLast]]) {
    const accepted = await accepts(sdk, { secret }, request);
    check(`${id} signed with two secrets: the SDK with the ${which} alone ${wanted ? 'accepts' : 'refuses'}`, accepted === wanted, JSON.stringify(request.headers));
  }
}

// The SDK is given both: it accepts what hookctl signs with the new one, and not what it signs with a third.
async function severalKeys({ id, sdk, hookctl, check }, old, next) {
  for (const secret of [next, keysOf(sdk).secret]) {
    const made = await hookctl.run('sign', '--provider', id, '--secret', secret, '--body', file(bodiesOf(sdk).utf8), '--url', 'http://shop.example/', '--json');
    const accepted = await accepts(sdk, { secret: old, secrets: [old, next] }, madeBy(made, 'http://shop.example/'));
    const wanted = secret === next;
    check(`${id} signed with ${wanted ? 'the new' : 'a third'} secret: the SDK that has both ${wanted ? 'accepts' : 'refuses'}`, accepted === wanted, `${accepted}; ${made.err}`);
  }
}

async function rotates(test) {
  const { id, sdk, keys, hookctl, check } = test;
  if (!keys.secret) return;
  const next = keysOf(sdk).secret;
  const signer = { secret: next, ...(sdk.rotation === 'places' ? { secrets: [keys.secret, next] } : {}) };
  const request = await signedBySdk(sdk, signer, `https://shop.example/hooks/${id}`, bodiesOf(sdk).utf8);
  const words = verifyWords(id, keys, request);
  words.splice(words.indexOf('--secret'), 2, ...both(keys.secret, next));
  const result = await hookctl.run(...words);
  check(`${id} verify with two secrets: what the SDK signs with the second is accepted`, result.code === 0, short(result));
  await severalSecrets(test, keys.secret, next);
  if (sdk.rotation === 'keys') await severalKeys(test, keys.secret, next);
}

async function answersChallenges({ id, hookctl, check }) {
  if (hasEndpoint(id)) await challengeIsAnswered(id, hookctl, check);
}

export const cases = [sendIsAccepted, signIsAccepted, verifyAccepts, listenForwards, listenRecognises, timesAgree, rotates, answersChallenges];
