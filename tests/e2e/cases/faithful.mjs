// send --retries provider: schedule, timeout, rules and switching-off are the provider's, on a clock that may run faster.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from '../harness.mjs';
import { header } from '../wire.mjs';

const answer = (status, ...lines) => Buffer.from([`HTTP/1.1 ${status} Status`, ...lines, 'Content-Length: 0', '', ''].join('\r\n'));

// A provider of one's own whose delivery is what the case needs.
function provider(t, delivery) {
  const folder = path.join(t.dir, 'acme');
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'provider.json');
  fs.writeFileSync(
    file,
    JSON.stringify({
      schema: 'hookctl.provider.v1',
      id: 'acme',
      summary: 'HMAC-SHA256 of the body.',
      scheme: { kind: 'hmac', hash: 'sha256', signed: '{body}', signature: { from: 'header:X-Acme', encoding: 'hex' } },
      event_type: ['{json:type}'],
      event_id: ['{json:id}'],
      new_event_id: 'a_{alnum:8}',
      fresh: [{ at: 'json:id', value: '{event_id}' }],
      delivery,
    }),
  );
  fs.writeFileSync(path.join(folder, 'thing.made.json'), '{"type":"thing.made","id":"a_1"}');
  return file;
}

const send = (t, file, ...args) => t.run('send', file, 'thing.made', '--secret', 'k', '--retries', 'provider', ...args);

test('faithful: the provider\'s schedule on a faster clock, with its retry headers and the same id', async (t) => {
  const endpoint = await t.endpoint((request, socket, { requests }) => answer(requests.length < 4 ? 500 : 200));
  const file = provider(t, { retry_after_s: [300, 3600, 7200], retry_headers: { 'X-Try': '{retry}', 'X-Why': '{reason}' }, confidence: 'documented' });
  const { code, stdout, stderr } = await send(t, file, '--to', endpoint.port, '--time-scale', '10000');
  assert.equal(code, 0, stderr);
  assert.equal(endpoint.requests.length, 4);
  assert.deepEqual(endpoint.requests.map((one) => header(one, 'X-Try')), [undefined, '1', '2', '3']);
  assert.equal(header(endpoint.requests[1], 'X-Why'), 'http_error');
  assert.equal(new Set(endpoint.requests.map((one) => JSON.parse(one.payload).id)).size, 1);
  assert.match(stdout, /acme tries again in 5 m \(30 ms here\)/);
  assert.match(stdout, /acme tries again in 2 h \(720 ms here\)/);
  assert.match(stderr, /as acme delivers: .*tries again after 5 m, (60 m|1 h), 2 h/);
  assert.doesNotMatch(stderr, /unverified/);
});

test('faithful: what is remembered or estimated is said to be', async (t) => {
  const endpoint = await t.endpoint();
  const file = provider(t, { retry: 'exponential for a day', retry_after_s: [60], retry_estimate: true, confidence: 'unverified' });
  const { stderr } = await send(t, file, '--to', endpoint.port);
  assert.match(stderr, /estimated; published is: exponential for a day/);
  assert.match(stderr, /unverified/);
  const unknown = provider(t, { retry: 'at times', retry_after_s: null });
  const refused = await send(t, unknown, '--to', endpoint.port);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /not published.*at times/s);
});

test('faithful: what counts as success, what is final, what is not tried again', async (t) => {
  let status = 204;
  const endpoint = await t.endpoint(() => answer(status));
  const file = provider(t, { retry_after_s: [1, 1], success_status: ['200'], retry_on: ['5xx', 'timeout'], final_status: ['503'] });
  const tries = async (now) => {
    status = now;
    endpoint.requests.length = 0;
    const { code, stdout } = await send(t, file, '--to', endpoint.port, '--time-scale', '1000');
    return [code, endpoint.requests.length, stdout];
  };
  assert.deepEqual((await tries(200)).slice(0, 2), [0, 1]);
  const [code, count, stdout] = await tries(204);
  assert.deepEqual([code, count], [1, 1]);
  assert.match(stdout, /acme gives up: 204 is not tried again/);
  assert.deepEqual((await tries(500)).slice(0, 2), [1, 3]);
  assert.deepEqual((await tries(503)).slice(0, 2), [1, 1]);
  assert.deepEqual((await tries(404)).slice(0, 2), [1, 1]);
});

test('faithful: Retry-After is heeded by those who do, on their clock', async (t) => {
  const endpoint = await t.endpoint((request, socket, { requests }) => (requests.length === 1 ? answer(503, 'Retry-After: 1000') : answer(200)));
  const file = provider(t, { retry_after_s: [1], honours_retry_after: true });
  const { stdout } = await send(t, file, '--to', endpoint.port, '--time-scale', '10000');
  assert.match(stdout, /tries again in 16.6 m \(100 ms here\)/);
  assert.equal(endpoint.requests.length, 2);
});

test('faithful: the provider\'s timeout', async (t) => {
  const endpoint = await t.endpoint(() => null);
  const file = provider(t, { timeout_s: 0.3, retry_after_s: [], retry_on: ['timeout'] });
  const begun = Date.now();
  const { code, stdout } = await send(t, file, '--to', endpoint.port);
  assert.equal(code, 1);
  assert.ok(Date.now() - begun < 10_000);
  assert.match(stdout, /no complete answer within 300 ms/);
});

test('faithful: redirects are followed by those who do, with the same bytes', async (t) => {
  const target = await t.endpoint();
  const endpoint = await t.endpoint(() => answer(307, `Location: http://127.0.0.1:${target.port}/there?x=1`));
  const refuses = provider(t, { retry_after_s: [] });
  assert.equal((await send(t, refuses, '--to', endpoint.port)).code, 1);
  assert.equal(target.requests.length, 0);
  const follows = provider(t, { retry_after_s: [], redirects: 'follow' });
  assert.equal((await send(t, follows, '--to', endpoint.port)).code, 0);
  assert.equal(target.requests[0].first, 'POST /there?x=1 HTTP/1.1');
  assert.ok(target.requests[0].payload.equals(endpoint.requests[1].payload));
  assert.equal(header(target.requests[0], 'X-Acme'), header(endpoint.requests[1], 'X-Acme'));
  assert.equal(header(target.requests[0], 'Host'), `127.0.0.1:${target.port}`);
});

test('faithful: an endpoint that fails too often is switched off, and nothing more is sent', async (t) => {
  const endpoint = await t.endpoint(() => answer(500));
  const file = provider(t, { retry_after_s: [1], disable: { failures: 5 } });
  const { code, stdout } = await send(t, file, '--to', endpoint.port, '--count', '10', '--time-scale', '1000');
  assert.equal(code, 1);
  assert.equal(endpoint.requests.length, 5);
  assert.match(stdout, /acme switches the endpoint off: 5 failures in a row; nothing more is sent/);
  const gone = await t.endpoint(() => answer(410));
  const strict = provider(t, { retry_after_s: [1], disable: { status: ['410'] } });
  const second = await send(t, strict, '--to', gone.port, '--count', '3');
  assert.equal(gone.requests.length, 1);
  assert.match(second.stdout, /switches the endpoint off: it answered 410/);
});

test('faithful: Slack numbers its retries and heeds X-Slack-No-Retry', async (t) => {
  const slack = (port) => t.run('send', 'slack', 'app_mention', '--secret', 's', '--to', String(port), '--retries', 'provider', '--time-scale', '1000000');
  const failing = await t.endpoint(() => answer(500));
  await slack(failing.port);
  assert.deepEqual(failing.requests.map((one) => header(one, 'X-Slack-Retry-Num')), [undefined, '1', '2', '3']);
  const refusing = await t.endpoint(() => answer(500, 'X-Slack-No-Retry: 1'));
  await slack(refusing.port);
  assert.equal(refusing.requests.length, 1);
});
