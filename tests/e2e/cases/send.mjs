// Events that are made, signed and delivered: how many, how often, how fast, and what is said when the endpoint says no.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { test, until } from '../harness.mjs';
import { deadPort, ok } from '../endpoint.mjs';
import { checkStripe, hmac } from '../providers.mjs';
import { header } from '../wire.mjs';

const send = (t, ...args) => t.run('send', 'stripe', 'invoice.paid', '--secret', 'whsec_k', ...args);
const answer = (status, body = '', ...lines) => Buffer.from([`HTTP/1.1 ${status} Status`, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'));
const ids = (endpoint) => endpoint.requests.map((one) => JSON.parse(one.payload).id);

test('send: a signed event with a fresh id and time, both lines shown', async (t) => {
  const endpoint = await t.endpoint();
  const { code, stdout } = await send(t, '--to', `${endpoint.port}/webhook?x=1`);
  assert.equal(code, 0);
  const [got] = endpoint.requests;
  assert.equal(got.first, 'POST /webhook?x=1 HTTP/1.1');
  assert.equal(header(got, 'host'), `localhost:${endpoint.port}`);
  checkStripe(got, 'whsec_k');
  const body = JSON.parse(got.payload);
  assert.equal(body.type, 'invoice.paid');
  assert.ok(Math.abs(body.created - Date.now() / 1000) < 30);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0], new RegExp(`--> invoice\\.paid {2}${body.id}`));
  assert.match(lines[1], /<-- 200 POST \/webhook/);
  await send(t, '--to', endpoint.port);
  assert.notEqual(ids(endpoint)[0], ids(endpoint)[1]);
});

test('send: --set and --unset', async (t) => {
  const endpoint = await t.endpoint();
  const edits = ['--set', 'data.object.amount_paid=1999', '--set', 'data.object.note=plain words', '--set', 'livemode=true'];
  edits.push('--unset', 'data.object.currency', '--set', 'data.object.lines={"data":[]}');
  assert.equal((await send(t, '--to', endpoint.port, ...edits)).code, 0);
  checkStripe(endpoint.requests[0], 'whsec_k');
  const body = JSON.parse(endpoint.requests[0].payload);
  assert.deepEqual([body.data.object.amount_paid, body.data.object.note, body.livemode, body.data.object.lines], [1999, 'plain words', true, { data: [] }]);
  assert.ok(!('currency' in body.data.object));
  assert.equal((await send(t, '--to', endpoint.port, '--set', 'novalue')).code, 2);
  assert.equal((await send(t, '--to', endpoint.port, '--unset', 'data.object.nosuch')).code, 2);
  assert.equal(endpoint.requests.length, 1);
});

test('send: --body and --header as given', async (t) => {
  const endpoint = await t.endpoint();
  const body = Buffer.from([0, 1, 0xff, 13, 10]);
  const given = await t.run('send', 'github', 'push', '--secret', 'k', '--body', '-', '--header', 'X-Own: a b', '--to', endpoint.port, { input: body });
  assert.equal(given.code, 0, given.stderr);
  const [got] = endpoint.requests;
  assert.ok(got.body.equals(body));
  assert.equal(header(got, 'X-Own'), 'a b');
  assert.equal(header(got, 'X-Hub-Signature-256'), `sha256=${hmac('k', body)}`);
});

test('send: --count, --concurrency', async (t) => {
  let now = 0;
  let most = 0;
  const endpoint = await t.endpoint(async () => {
    most = Math.max(most, (now += 1));
    await until(() => most >= 4, 'four at the same time');
    now -= 1;
    return ok();
  });
  const { code, stdout } = await send(t, '--to', endpoint.port, '--count', 40, '--concurrency', 4);
  assert.equal(code, 0);
  assert.equal(new Set(ids(endpoint)).size, 40);
  assert.equal(most, 4);
  assert.ok(endpoint.connections <= 4, 'connections are kept');
  assert.match(stdout, /40 sent: 40 delivered, 0 failed/);
  endpoint.requests.forEach((one) => checkStripe(one, 'whsec_k'));
});

test('send: --rate spreads', async (t) => {
  const endpoint = await t.endpoint();
  const begun = Date.now();
  assert.equal((await send(t, '--to', endpoint.port, '--count', 11, '--rate', 10, '--concurrency', 3)).code, 0);
  assert.ok(Date.now() - begun >= 950, `11 events at 10 a second took ${Date.now() - begun} ms`);
});

test('send: --duplicate delivers each twice, the same id', async (t) => {
  const endpoint = await t.endpoint();
  assert.equal((await send(t, '--to', endpoint.port, '--count', 2, '--duplicate')).code, 0);
  const seen = ids(endpoint);
  assert.deepEqual([seen.length, new Set(seen).size], [4, 2]);
  assert.equal(seen[0], seen[1]);
  endpoint.requests.forEach((one) => checkStripe(one, 'whsec_k'));
});

test('send: --retries signs every attempt anew, same id, and heeds Retry-After', async (t) => {
  const arrivals = [];
  const endpoint = await t.endpoint(() => {
    arrivals.push(Date.now());
    if (arrivals.length === 1) return answer(500, 'first');
    return arrivals.length === 2 ? answer(429, 'second', 'Retry-After: 2') : ok();
  });
  const { code, stdout } = await send(t, '--to', endpoint.port, '--retries', '1100ms,100ms,100ms');
  assert.equal(code, 0, stdout);
  assert.equal(arrivals.length, 3);
  assert.ok(arrivals[1] - arrivals[0] >= 1050, 'the gap asked for');
  assert.ok(arrivals[2] - arrivals[1] >= 1950, "the endpoint's own wish");
  assert.equal(new Set(ids(endpoint)).size, 1);
  const signed = endpoint.requests.map((one) => checkStripe(one, 'whsec_k'));
  assert.equal(new Set(signed.map((one) => one.time)).size, 3, 'three times of signing');
  assert.equal(new Set(signed.map((one) => one.signature)).size, 3);
});

test('send: retries end: used up is exit code 1, 410 at once', async (t) => {
  const failing = await t.endpoint(() => answer(500));
  assert.equal((await send(t, '--to', failing.port, '--retries', '10ms,10ms')).code, 1);
  assert.equal(failing.requests.length, 3);
  const gone = await t.endpoint(() => answer(410));
  assert.equal((await send(t, '--to', gone.port, '--retries', '10ms,10ms')).code, 1);
  assert.equal(gone.requests.length, 1);
  assert.equal((await send(t, '--to', gone.port, '--retries', 'often')).code, 2);
});

test('send: retries reach an endpoint that comes up meanwhile', async (t) => {
  const port = await deadPort();
  const running = t.start(['send', 'stripe', 'invoice.paid', '--secret', 's', '--to', String(port), '--retries', '200ms,200ms,200ms,200ms,200ms,200ms,200ms,200ms']);
  await until(() => running.stdout.includes('next try'), 'the first failure');
  const endpoint = await t.endpoint(undefined, { port });
  assert.equal((await running.exited).code, 0, running.stdout);
  assert.equal(endpoint.requests.length, 1);
});

test("send: 500 is exit code 1 and shows the endpoint's body", async (t) => {
  const endpoint = await t.endpoint(() => answer(500, 'Traceback:\n  no such column\x1b[2J'));
  const { code, stdout } = await send(t, '--to', endpoint.port);
  assert.equal(code, 1);
  assert.match(stdout, /500/);
  assert.match(stdout, /no such column/);
  assert.ok(!stdout.includes('\x1b'));
  const redirect = await t.endpoint(() => answer(302, '', 'Location: /elsewhere'));
  assert.equal((await send(t, '--to', redirect.port)).code, 1, 'a redirect is no success');
});

test('send: unreachable is exit code 3, a hung endpoint 1', async (t) => {
  const away = await send(t, '--to', await deadPort());
  assert.equal(away.code, 3);
  assert.match(away.stdout, /connection refused by/);
  const hung = await t.endpoint(() => undefined);
  const late = await send(t, '--to', hung.port, '--timeout', '200ms');
  assert.equal(late.code, 1);
  assert.match(late.stdout, /no complete answer within 200 ms/);
});

test('send: what cannot be made is told before anything is sent, exit code 2', async (t) => {
  const endpoint = await t.endpoint();
  const to = ['--to', endpoint.port];
  for (const [args, words] of [
    [['stripe', 'payment_intent.failed', '--secret', 's', ...to], /did you mean 'payment_intent\.payment_failed'/],
    [['strpie', 'invoice.paid', '--secret', 's', ...to], /did you mean 'stripe'/],
    [['stripe', 'invoice.paid', ...to], /needs --secret/],
    [['stripe', 'invoice.paid', '--secret', 'env:NOT_THERE', ...to], /NOT_THERE/],
    [['stripe', 'invoice.paid', '--secret', 's'], /needs --to/],
    [['stripe', 'invoice.paid', '--secret', 's', '--too', '3000'], /did you mean '--to'/],
    [['svix', 'invoice.paid', '--secret', 'whsec_not base64!', ...to], /./],
  ]) {
    const { code, stdout, stderr } = await t.run('send', ...args);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, words);
  }
  assert.equal(endpoint.requests.length, 0);
});

test('send: --json is one record an event; --dry-run sends nothing; --as curl does the same', async (t) => {
  const endpoint = await t.endpoint();
  const many = await send(t, '--to', endpoint.port, '--count', 3, '--json');
  assert.deepEqual(many.records().map((one) => [one.schema, one.delivered, one.attempts.length]), Array(3).fill(['hookctl.delivery.v1', true, 1]));
  assert.deepEqual(many.records().map((one) => one.event_id), ids(endpoint));
  const dry = await send(t, '--to', `${endpoint.port}/x`, '--dry-run');
  assert.match(dry.stdout, /^POST \/x HTTP\/1\.1\r\nHost: localhost/);
  const curl = await send(t, '--to', `${endpoint.port}/x`, '--as', 'curl', '--set', "data.object.note=it's 100%");
  assert.equal(endpoint.requests.length, 3);
  const run = t.start(['-c', curl.stdout], { program: 'sh' });
  assert.equal((await run.exited).code, 0, run.stderr);
  const got = endpoint.requests[3];
  checkStripe(got, 'whsec_k');
  assert.equal(JSON.parse(got.payload).data.object.note, "it's 100%");
});

test('send: Ctrl-C ends it, exit code 130', async (t) => {
  const endpoint = await t.endpoint();
  const running = t.start(['send', 'stripe', 'invoice.paid', '--secret', 's', '--to', String(endpoint.port), '--count', '100000', '--rate', '50']);
  await until(() => endpoint.requests.length > 3, 'the first events');
  running.kill('SIGINT');
  assert.equal((await running.exited).code, 130);
});

test('send: signatures with key pairs are right', async (t) => {
  const endpoint = await t.endpoint();
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const pem = t.file('private.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const [{ event_type: event }] = (await t.run('events', 'discord', '--json')).records();
  const { code, stderr } = await t.run('send', 'discord', event, '--private-key', `file:${pem}`, '--to', endpoint.port);
  assert.equal(code, 0, stderr);
  const [got] = endpoint.requests;
  const content = Buffer.concat([Buffer.from(header(got, 'X-Signature-Timestamp')), got.payload]);
  assert.ok(crypto.verify(null, content, publicKey, Buffer.from(header(got, 'X-Signature-Ed25519'), 'hex')));
});

test('send: to a listener that verifies, from end to end with curl in between', async (t) => {
  const listener = await t.listen('--provider', 'stripe', '--secret', 'whsec_k', '--mock-body', 'kept');
  assert.equal((await send(t, '--to', listener.port)).code, 0);
  assert.equal((await t.run('send', 'stripe', 'invoice.paid', '--secret', 'other', '--to', listener.port)).code, 1);
  const plain = execFileSync('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-d', '{}', `http://127.0.0.1:${listener.port}/`], { encoding: 'utf8' });
  assert.equal(plain, '401');
});
