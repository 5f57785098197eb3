// An endpoint that is not there, hangs or breaks off: the sender is told, and what was received is kept with the attempt.
import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { deadPort, ok } from '../endpoint.mjs';
import { ask, post } from '../wire.mjs';

// `answer`: what the endpoint does. The sender gets `status` and a JSON reason with `error`, the journal an attempt with the same.
async function fails(t, port, status, error, ...args) {
  const listener = await t.listen('--forward-to', port, ...args);
  const answer = await ask(listener.port, post('{"id":"evt_1"}'));
  assert.equal(answer.status, status, answer.payload.toString());
  const reason = JSON.parse(answer.body.toString());
  assert.equal(reason.error, error);
  assert.match(reason.request, /^req_/);
  assert.ok(reason.message.length > 10);
  const second = await ask(listener.port, post('{"id":"evt_2"}'));
  assert.equal(second.status, status);
  assert.equal((await listener.stop()).code, 0);
  const kept = await t.kept();
  assert.equal(kept.length, 2);
  for (const one of kept) {
    assert.equal(one.attempts.length, 1);
    assert.equal(one.attempts[0].status, null);
    assert.ok(one.attempts[0].error.startsWith(error.replace('endpoint_', '')), one.attempts[0].error);
  }
  assert.equal(kept[0].id, reason.request);
}

test('failures: nobody listens at the target', async (t) => fails(t, await deadPort(), 502, 'endpoint_unreachable'));
test('failures: the target has no address', async (t) => fails(t, 'http://nowhere.invalid:80', 502, 'endpoint_unreachable'));
test('failures: the target hangs', async (t) => {
  const endpoint = await t.endpoint(() => undefined);
  await fails(t, endpoint.port, 504, 'endpoint_timeout', '--forward-timeout', '300ms');
});
test('failures: the target hangs inside its answer', async (t) => {
  const endpoint = await t.endpoint(() => Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
  await fails(t, endpoint.port, 504, 'endpoint_timeout', '--forward-timeout', '300ms');
});

for (const [name, bytes, error = 'endpoint_closed'] of [
  ['before its answer', ''],
  ['inside the status line', 'HTTP/1.1 20'],
  ['inside its head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['inside its body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
  ['inside its chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'],
  ['before the last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ['after garbage', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'endpoint_malformed_answer'],
  ['after a bad length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', 'endpoint_malformed_answer'],
  ['after a bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'endpoint_malformed_answer'],
  ['after two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'endpoint_malformed_answer'],
  ['after switching protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', 'endpoint_malformed_answer'],
]) {
  test(`failures: the target ends ${name}`, async (t) => {
    const endpoint = await t.endpoint((message, socket) => void socket.end(bytes));
    await fails(t, endpoint.port, 502, error);
  });
}
test('failures: the target resets inside its answer', async (t) => {
  const endpoint = await t.endpoint((message, socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', () => socket.resetAndDestroy()));
  await fails(t, endpoint.port, 502, 'endpoint_closed');
});
test('failures: a target that comes back is used again', async (t) => {
  let works = false;
  const endpoint = await t.endpoint((message, socket) => (works ? ok() : void socket.destroy()));
  const listener = await t.listen('--forward-to', endpoint.port);
  assert.equal((await ask(listener.port, post())).status, 502);
  works = true;
  for (let i = 0; i < 5; i += 1) assert.equal((await ask(listener.port, post())).status, 200);
});
