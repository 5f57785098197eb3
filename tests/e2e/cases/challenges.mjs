// Challenges: `listen` answers the recorded ones over a socket, `send --challenge` judges endpoints, right and wrong ones.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { test } from '../harness.mjs';
import { deadPort, ok } from '../endpoint.mjs';
import { hmac } from '../providers.mjs';
import { ask, header, post, request } from '../wire.mjs';

const kRecords = JSON.parse(fs.readFileSync(new URL('../../vectors/challenges.json', import.meta.url), 'utf8')).challenges;
const kSecret = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

const answer = (status, body = '', ...lines) => Buffer.from([`HTTP/1.1 ${status} Status`, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'));
const challenges = (provider) => JSON.parse(fs.readFileSync(new URL(`../../../fixtures/${provider}/provider.json`, import.meta.url), 'utf8')).challenges.map((one) => one.name);
const providers = fs.readdirSync(new URL('../../../fixtures', import.meta.url)).filter((one) => fs.existsSync(new URL(`../../../fixtures/${one}/provider.json`, import.meta.url)));

function wireOf({ method, url, headers, body_base64 }) {
  const body = Buffer.from(body_base64, 'base64');
  const lines = Object.entries({ Host: 'sender', ...headers }).map(([name, value]) => `${name}: ${value}`);
  const length = method === 'POST' ? [`Content-Length: ${body.length}`] : [];
  const { pathname, search } = new URL(url);
  return request([`${method} ${pathname}${search} HTTP/1.1`, ...lines, ...length], body);
}

function checkAnswer(id, got, expected) {
  if (expected.status_class) assert.equal(`${Math.floor(got.status / 100)}xx`, expected.status_class, id);
  if (expected.status) assert.equal(got.status, expected.status, id);
  if (expected.body !== undefined) assert.equal(got.payload.toString(), expected.body, id);
  if (expected.json) assert.deepEqual(JSON.parse(got.payload), expected.json, id);
  for (const [name, value] of Object.entries(expected.headers ?? {})) assert.equal(header(got, name), value, `${id} ${name}`);
  assert.equal(header(got, 'Set-Cookie'), undefined);
}

test('challenges: every recorded one is answered as recorded, by name of the provider', async (t) => {
  for (const { id, provider, secret, verify_token: token, request: sent, response } of kRecords) {
    const keys = [...(secret ? ['--secret', secret, '--tolerance', '30000d'] : []), ...(token ? ['--verify-token', token] : [])];
    const listen = await t.listen('--provider', provider, ...keys);
    checkAnswer(id, await ask(listen.port, wireOf(sent), { method: sent.method }), response);
    await listen.stop();
  }
  const kept = await t.kept();
  assert.equal(kept.length, kRecords.length, 'challenges are kept as all requests are');
});

test('challenges: what is unmistakable is answered without a provider, the rest is an event like any other', async (t) => {
  const listen = await t.listen('--secret', 'x');
  for (const { id, request: sent, response } of kRecords) {
    if (!/^(meta\/hub.challenge$|okta|asana|azure-event-grid|aws-sns)/.test(id)) continue;
    const got = await ask(listen.port, wireOf(sent), { method: sent.method });
    if (id.startsWith('aws-sns')) assert.equal(got.status, 401, 'its signature is wrong');
    else checkAnswer(id, got, response);
  }
  const dropbox = kRecords.find((one) => one.id === 'dropbox/challenge');
  assert.equal((await ask(listen.port, wireOf(dropbox.request))).status, 401);
});

test('challenges: each provider\'s own round, hookctl on both sides', async (t) => {
  const pair = crypto.generateKeyPairSync('ed25519');
  const own = { discord: { listen: ['--public-key', pair.publicKey.export({ type: 'spki', format: 'pem' })], send: ['--private-key', pair.privateKey.export({ type: 'pkcs8', format: 'pem' })] } };
  let rounds = 0;
  for (const provider of providers) {
    let names = [];
    try {
      names = challenges(provider);
    } catch {
      continue;  // it has none
    }
    if (provider === 'aws-sns') continue;  // signs with Amazon's certificate only
    const keys = own[provider] ?? { listen: ['--secret', kSecret], send: ['--secret', kSecret] };
    const listen = await t.listen('--provider', provider, ...keys.listen, '--verify-token', 'agreed');
    for (const name of names) {
      const { code, stdout, stderr } = await t.run('send', provider, `--challenge=${name}`, '--to', `${listen.port}/in`, ...keys.send, '--verify-token', 'agreed');
      assert.equal(code, 0, `${provider} ${name}: ${stdout}${stderr}`);
      rounds += 1;
    }
    await listen.stop();
  }
  assert.ok(rounds >= 20, `${rounds} rounds`);
}, { seconds: 90 });

test('challenges: a wrong signature is no challenge', async (t) => {
  const listen = await t.listen('--provider', 'slack', '--secret', 'other');
  const { code, stdout } = await t.run('send', 'slack', '--challenge', '--to', listen.port, '--secret', kSecret);
  assert.equal(code, 1);
  assert.match(stdout, /wrong: expected status 200, got 401/);
  assert.match(stdout, /Slack .* then refuses the URL/);
});

test('challenges: the lines and records of listen', async (t) => {
  const lines = await t.listen('--provider', 'slack', '--secret', kSecret);
  assert.equal((await t.run('send', 'slack', '--challenge', '--to', lines.port, '--secret', kSecret)).code, 0);
  await lines.stop();
  assert.match(lines.stdout, /--> url_verification +valid +req_1\n.*--- challenge url_verification answered\n.*<-- 200 POST/);
  const records = await t.listen('--provider', 'meta', '--json', '--verify-token', 'agreed');
  assert.equal((await t.run('send', 'meta', '--challenge', '--to', records.port, '--verify-token', 'other')).code, 1);
  await records.stop();
  const note = records.records().find((one) => one.schema === 'hookctl.handshake.v1');
  assert.deepEqual([note.challenge, note.outcome, note.message], ['hub.challenge', 'refused', 'its verify token is not that of --verify-token']);
});

test('challenges: an endpoint answers for itself, unless --answer-challenges', async (t) => {
  const endpoint = await t.endpoint(() => answer(418, 'mine'));
  const passing = await t.listen('--provider', 'slack', '--secret', kSecret, '--forward-to', endpoint.port);
  const { code, stdout } = await t.run('send', 'slack', '--challenge', '--to', passing.port, '--secret', kSecret);
  assert.equal(code, 1);
  assert.match(stdout, /expected status 200, got 418/);
  assert.equal(endpoint.requests.length, 1);
  await passing.stop();
  assert.match(passing.stdout, /challenge url_verification passed on/);
  const answering = await t.listen('--provider', 'slack', '--secret', kSecret, '--forward-to', endpoint.port, '--answer-challenges');
  assert.equal((await t.run('send', 'slack', '--challenge', '--to', answering.port, '--secret', kSecret)).code, 0);
  assert.equal(endpoint.requests.length, 1);
  const event = await t.run('send', 'slack', 'message', '--to', answering.port, '--secret', kSecret);
  assert.equal(event.code, 1);
  assert.equal(endpoint.requests.length, 2, 'events go on');
  const adyen = await t.listen('--provider', 'adyen', '--secret', kSecret, '--forward-to', endpoint.port, '--answer-challenges');
  assert.equal((await t.run('send', 'adyen', '--challenge', '--to', adyen.port, '--secret', kSecret)).code, 1, 'the endpoint answers deliveries');
});

test('challenges: a mock takes the place of what is demanded of deliveries', async (t) => {
  const listen = await t.listen('--provider', 'adyen', '--secret', kSecret, '--mock-status', '500');
  const { code, stdout } = await t.run('send', 'adyen', '--challenge', '--to', listen.port, '--secret', kSecret);
  assert.equal(code, 1);
  assert.match(stdout, /expected status .*, got 500/);
});

test('challenges: a secret that is handed over is kept and verifies what comes next', async (t) => {
  const secrets = `${t.dir}/kept/secrets`;
  const listen = await t.listen('--provider', 'asana');
  const event = (key) => {
    const body = JSON.stringify({ events: [{ action: 'added', resource: { resource_type: 'task' } }] });
    return post(body, '/hook', `X-Hook-Signature: ${hmac(key, body)}`);
  };
  assert.equal((await ask(listen.port, event('unknown'))).status, 200, 'nothing is verified yet');
  assert.equal((await t.run('send', 'asana', '--challenge', '--to', listen.port, '--secret', kSecret)).code, 0);
  assert.equal((await ask(listen.port, event(kSecret))).status, 200);
  assert.equal((await ask(listen.port, event('forged'))).status, 401);
  await t.run('send', 'asana', '--challenge', '--to', listen.port, '--secret', 'another');
  assert.equal((await ask(listen.port, event('another'))).status, 401, 'anyone could have sent it');
  assert.equal((await ask(listen.port, event(kSecret))).status, 200);
  await listen.stop();
  assert.ok(!listen.stdout.includes(kSecret) && !listen.stderr.includes(kSecret));
  assert.match(listen.stderr, /came unsigned.*\n.*--secret file:.*kept\/secrets\/asana\n/);
  assert.match(listen.stdout, /answered: another secret came, unsigned; not used/);
  assert.deepEqual(fs.readdirSync(secrets), ['asana']);
  assert.equal(fs.readFileSync(`${secrets}/asana`, 'utf8'), kSecret);
  assert.equal(fs.statSync(`${secrets}/asana`).mode & 0o777, 0o600);
  const again = await t.listen('--provider', 'asana', '--secret', `file:${secrets}/asana`);
  assert.equal((await ask(again.port, event('forged'))).status, 401);
  assert.equal((await ask(again.port, event(kSecret))).status, 200);
});

test('challenges: a forged event in the clothes of a challenge is refused and not forwarded', async (t) => {
  const endpoint = await t.endpoint(() => ok(''));
  const form = 'Content-Type: application/x-www-form-urlencoded';
  for (const [provider, body, ...lines] of [
    ['mandrill', 'mandrill_events=[]&mandrill_events=[{"evil":1}]', form, 'X-Mandrill-Signature: bad'],
    ['mandrill', 'mandrill_events=[]', form, 'X-Mandrill-Signature: bad'],
    ['woocommerce', '{"id":1,"status":"paid","note":"&webhook_id=5&"}', 'Content-Type: application/json'],
    ['asana', zlib.gzipSync('{"events":[{"evil":1}]}'), 'X-Hook-Secret: abc', 'Content-Encoding: gzip'],
  ]) {
    const listen = await t.listen('--provider', provider, '--secret', kSecret, '--forward-to', endpoint.port);
    assert.equal((await ask(listen.port, post(body, '/in', ...lines))).status, 401, `${provider} ${body}`);
    await listen.stop();
  }
  assert.equal(endpoint.requests.length, 0);
});

test('challenges: a subscription is not confirmed unasked; the URL to open is shown', async (t) => {
  const listen = await t.listen('--provider', 'aws-sns');
  const { request: sent } = kRecords.find((one) => one.id.startsWith('aws-sns'));
  assert.equal((await ask(listen.port, wireOf(sent))).status, 200);
  await listen.stop();
  assert.match(listen.stdout, /open https:\/\/sns\.us-west-2\.amazonaws\.com\/\?Action=ConfirmSubscription&Token=2336412f37/);
});

// ---- endpoints of others, right and wrong

const challengeOf = (message) => JSON.parse(message.payload).challenge;
const slack = (t, endpoint, ...args) => t.run('send', 'slack', '--challenge', '--to', `${endpoint.port}/slack`, '--secret', kSecret, ...args);

test('send --challenge: right answers, and wrong ones by name', async (t) => {
  const cases = [
    [(word) => ok(word), 0, /ok: Slack .* takes this answer/],
    [(word) => ok(JSON.stringify({ challenge: word }), 'Content-Type: application/json'), 0, /takes this answer/],
    [(word) => ok(JSON.stringify(word)), 1, /wrong: expected the body '\w{52}', got '"\w{52}"': quotes around it \(JSON\) count/],
    [(word) => ok(`${word}\n`), 1, /white space around it counts/],
    [(word) => answer(201, word), 1, /wrong: expected status 200, got 201/],
    [() => ok('<!doctype html><title>Not me</title>', 'Content-Type: text/html'), 1, /got an HTML page/],
    [() => ok(''), 1, /got an empty one/],
    [() => ok('\u001b[2J'), 1, /got '\\x1b\[2J'/],
  ];
  for (const [make, code, words] of cases) {
    const endpoint = await t.endpoint((message) => make(challengeOf(message)));
    const got = await slack(t, endpoint);
    assert.equal(got.code, code, got.stdout + got.stderr);
    assert.match(got.stdout, words);
    const [sent] = endpoint.requests;
    assert.equal(sent.first, 'POST /slack HTTP/1.1');
    const time = header(sent, 'X-Slack-Request-Timestamp');
    assert.equal(header(sent, 'X-Slack-Signature'), `v0=${hmac(kSecret, `v0:${time}:`, sent.payload)}`);
  }
});

test('send --challenge: too slow for this provider, and not there at all', async (t) => {
  const endpoint = await t.endpoint(() => undefined);
  const begun = Date.now();
  const late = await slack(t, endpoint);
  assert.equal(late.code, 1);
  assert.match(late.stdout, /expected an answer within 3(\.0)? s, got none/);
  assert.ok(Date.now() - begun < 15000);
  const dead = await t.run('send', 'slack', '--challenge', '--to', await deadPort(), '--secret', kSecret);
  assert.equal(dead.code, 3);
  const patient = await slack(t, endpoint, '--timeout', '200ms');
  assert.match(patient.stdout, /within 200 ms/);
});

test('send --challenge: the provider tries a wrong signature too', async (t) => {
  const careless = await t.endpoint(() => ok(''));
  const xero = (endpoint) => t.run('send', 'xero', '--challenge', '--to', endpoint.port, '--secret', kSecret);
  const taken = await xero(careless);
  assert.equal(taken.code, 1);
  assert.match(taken.stdout, /wrongly signed[^]*expected status 401, got 200/);
  const sign = (message) => crypto.createHmac('sha256', kSecret).update(message.payload).digest('base64');
  const careful = await t.endpoint((message) => answer(header(message, 'x-xero-signature') === sign(message) ? 200 : 401));
  assert.equal((await xero(careful)).code, 0);
  assert.equal(careful.requests.length, 2);
  const cookie = await t.endpoint((message) => answer(header(message, 'x-xero-signature') === sign(message) ? 200 : 401, '', 'Set-Cookie: a=b'));
  assert.match((await xero(cookie)).stdout, /expected no header 'Set-Cookie'/);
});

test('send --challenge: GET, HEAD and OPTIONS go out as they are', async (t) => {
  const endpoint = await t.endpoint((message) => {
    const { searchParams } = new URL(message.target, 'http://x');
    const origin = header(message, 'WebHook-Request-Origin');
    return ok(message.method === 'HEAD' ? '' : (searchParams.get('hub.challenge') ?? ''), ...(origin ? [`WebHook-Allowed-Origin: ${origin}`] : []));
  });
  assert.equal((await t.run('send', 'meta', '--challenge', '--to', `${endpoint.port}/in?a=1`, '--verify-token', 'a b&c')).code, 0);
  assert.equal((await t.run('send', 'trello', '--challenge', '--to', `${endpoint.port}/in`)).code, 0);
  assert.equal((await t.run('send', 'azure-event-grid', '--challenge=cloudevents_options', '--to', endpoint.port)).code, 0);
  const [meta, trello, azure] = endpoint.requests;
  assert.match(meta.first, /^GET \/in\?a=1&hub\.mode=subscribe&hub\.challenge=\d{10}&hub\.verify_token=a%20b%26c HTTP\/1\.1$/);
  assert.equal(header(meta, 'Content-Length'), undefined);
  assert.equal(trello.first, 'HEAD /in HTTP/1.1');
  assert.equal(azure.first, 'OPTIONS / HTTP/1.1');
});

test('send --challenge: records, dry runs and mistakes', async (t) => {
  const endpoint = await t.endpoint(() => answer(404, 'no'));
  const { code, records } = await slack(t, endpoint, '--json');
  assert.equal(code, 1);
  const [record] = records();
  assert.deepEqual([record.schema, record.provider, record.challenge, record.ok, record.status, record.body, record.timeout_ms], ['hookctl.challenge.v1', 'slack', 'url_verification', false, 404, 'no', 3000]);
  assert.equal(record.problems.length, 2);
  const dry = await t.run('send', 'slack', '--challenge', '--dry-run', '--secret', kSecret);
  assert.equal(dry.code, 0);
  assert.match(dry.stdout, /^POST \/ HTTP\/1\.1\r\n[^]*"type":"url_verification"/);
  const curl = await t.run('send', 'meta', '--challenge', '--as', 'curl', '--verify-token', 'v', '--to', '3000/x');
  assert.match(curl.stdout, /^curl -sS -i -X 'GET' 'http:\/\/localhost:3000\/x\?hub\.mode=subscribe/);
  for (const [args, words] of [
    [['slack'], /needs EVENT.*\n.*--challenge/],
    [['slack', '--challenge', '--to', '1'], /needs --secret/],
    [['asana', '--challenge', '--to', '1'], /needs --secret S: the secret that is handed over/],
    [['meta', '--challenge', '--to', '1'], /needs --verify-token/],
    [['stripe', '--challenge', '--to', '1', '--secret', 'x'], /no challenge of Stripe is known/],
    [['discord', '--challenge=nosuch', '--to', '1'], /has no challenge 'nosuch'[^]*interaction_ping/],
    [['slack', 'message', '--challenge', '--to', '1'], /takes no EVENT/],
    [['slack', '--challenge', '--set', 'a=1', '--to', '1'], /--set is about an event/],
    [['slack', '--challenge', '--secret', 'x'], /needs --to URL/],
  ]) {
    const got = await t.run('send', ...args);
    assert.equal(got.code, 2, args.join(' '));
    assert.match(got.stderr, words);
  }
  assert.match((await t.run('send', 'trello', '--challenge', '--to', endpoint.port)).stdout, /Trello then refuses the URL/);
});
