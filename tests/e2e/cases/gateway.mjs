// The listener itself: ports, connections to the endpoint, mock answers, signatures, ends that scripts wait for, records.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { sleep, test, until } from '../harness.mjs';
import { ok } from '../endpoint.mjs';
import { github, hmac, stripe } from '../providers.mjs';
import { ask, Client, header, post, request } from '../wire.mjs';

test('ports: one that is taken is told, exit code 3', async (t) => {
  const first = await t.listen();
  const { code, stdout, stderr } = await t.run('listen', '--port', first.port, '--journal', t.journal);
  assert.equal(code, 3);
  assert.match(stderr, new RegExp(`port ${first.port} on 127.0.0.1 is in use`));
  assert.match(stderr, /hint: .*--port/);
  assert.equal(stdout, '');
  for (const host of ['0.0.0.0', '::']) {
    assert.equal((await t.run('listen', '--port', first.port, '--host', host, '--journal', t.journal, '--timeout', '5s')).code, 3, `beside ${host}`);
  }
  const other = await t.run('send', 'stripe', 'invoice.paid', '--secret', 's', '--to', first.port);
  assert.equal(other.code, 0, 'the first one still serves');
});

test('ports: of eight that want the same, one gets it', async (t) => {
  const place = await t.endpoint();
  await place.stop();
  const all = Array.from({ length: 8 }, (_, i) => t.start(['listen', '--port', String(place.port), '--journal', t.file(`${i}.db`), '--ready-file', t.file(`ready-${i}`)]));
  await until(() => all.filter((one) => one.result).length >= 7, 'seven to give up');
  assert.equal(all.filter((one) => one.result?.code === 3).length, 7);
  const [owner] = all.filter((one) => !one.result);
  await until(() => owner.stdout.includes('Ready'), 'the eighth');
  assert.equal((await ask(place.port, post())).status, 200);
  assert.equal((await owner.stop()).code, 0);
});

test('ports: a listener can come back at once', async (t) => {
  const first = await t.listen();
  const client = new Client(first.port).send(post());
  await client.answer();
  await first.stop(); // it closes the connection first, so its end lingers in the kernel
  client.destroy();
  const again = t.start(['listen', '--port', String(first.port), '--journal', t.journal]);
  await until(() => again.stdout.includes('Ready') || again.result, 'it to be ready');
  assert.equal((await ask(first.port, post())).status, 200);
});

test('ports: --host ::1, --host nonsense, --port nonsense', async (t) => {
  const listener = await t.listen('--host', '::1');
  assert.match(listener.address, /^\[::1\]:\d+$/);
  assert.equal((await ask(listener.port, post(), { host: '::1' })).status, 200);
  for (const wrong of [['--host', 'nowhere'], ['--port', '70000'], ['--port', 'x'], ['--invalid', 'drop'], ['--forward-to', 'ftp://x'], ['--until', 'colour=red']]) {
    const { code, stderr } = await t.run('listen', '--port', 0, '--journal', t.journal, ...wrong);
    assert.equal(code, 2, wrong.join(' '));
    assert.match(stderr, /^hookctl: /);
  }
  assert.equal((await t.run('listen', '--port', 0, '--host', '203.0.113.1', '--journal', t.journal)).code, 3);
});

test('endpoint connections: 200 requests over one', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port);
  const client = new Client(listener.port);
  for (let i = 0; i < 200; i += 1) {
    client.send(post(`{"n":${i}}`));
    assert.equal((await client.answer()).status, 200);
  }
  client.destroy();
  assert.equal(endpoint.connections, 1);
  assert.equal(endpoint.requests.length, 200);
});

test('endpoint connections: 50 at a time take no more than 50', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port);
  await Promise.all(Array.from({ length: 50 }, async () => {
    const client = new Client(listener.port);
    for (let i = 0; i < 10; i += 1) {
      client.send(post());
      assert.equal((await client.answer()).status, 200);
    }
    client.destroy();
  }));
  assert.equal(endpoint.requests.length, 500);
  assert.ok(endpoint.connections <= 50, `${endpoint.connections} connections`);
});

test('endpoint connections: one that ends after each answer, unannounced, gives no 502', async (t) => {
  let ended = 0;
  const endpoint = await t.endpoint((message, socket) => void socket.end(ok(), () => (ended += 1)));
  const listener = await t.listen('--forward-to', endpoint.port);
  const client = new Client(listener.port);
  for (let i = 0; i < 100; i += 1) {
    client.send(post());
    assert.equal((await client.answer()).status, 200, `request ${i}`);
    await until(() => ended > i, 'the endpoint to have ended its connection');
  }
  client.destroy();
  assert.equal(endpoint.connections, 100);
});

test("endpoint connections: node's idle limit of 1 s is never met", async (t) => {
  const server = http.createServer((message, response) => message.resume().on('end', () => response.end('ok')));
  server.keepAliveTimeout = 1000; // told to clients as Keep-Alive: timeout=1
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.cleanup(() => new Promise((done) => server.close(done)));
  const listener = await t.listen('--forward-to', `127.0.0.1:${server.address().port}`);
  // Gaps from well under to well over every limit in question, all at the same time.
  const gaps = Array.from({ length: 60 }, (_, i) => 400 + 20 * i);
  await Promise.all(gaps.map(async (gap) => {
    const client = new Client(listener.port);
    for (const wait of [0, gap, gap]) {
      await sleep(wait);
      client.send(post());
      assert.equal((await client.answer()).status, 200, `after ${wait} ms`);
    }
    client.destroy();
  }));
  server.closeAllConnections();
});

test('sender connections: kept, or closed when the sender says so', async (t) => {
  const listener = await t.listen();
  const kept = new Client(listener.port);
  for (let i = 0; i < 3; i += 1) assert.equal(header(await kept.send(post()).answer(), 'connection'), undefined);
  kept.destroy();
  for (const bytes of [post('{}', '/', 'Connection: close'), request(['POST / HTTP/1.0', 'Content-Length: 2'], '{}')]) {
    const client = new Client(listener.port).send(bytes);
    assert.equal(header(await client.answer(), 'connection'), 'close');
    await client.closed();
  }
});

test('mock: status, body and delay', async (t) => {
  const plain = await t.listen();
  assert.equal((await ask(plain.port, post())).first, 'HTTP/1.1 200 OK');
  const mock = await t.listen('--mock-status', 418, '--mock-body', '{"tea":true}', '--mock-delay', '200ms');
  const begun = Date.now();
  const answer = await ask(mock.port, post());
  assert.ok(Date.now() - begun >= 195);
  assert.equal(answer.status, 418);
  assert.equal(answer.body.toString(), '{"tea":true}');
  assert.equal(header(answer, 'content-type'), 'application/json');
  const head = await ask(mock.port, request(['HEAD / HTTP/1.1', 'Host: s']), { method: 'HEAD' });
  assert.equal(head.status, 418);
  const empty = await t.listen('--mock-status', 204);
  assert.equal((await ask(empty.port, post())).head.toString(), 'HTTP/1.1 204 No Content\r\n\r\n');
  assert.equal((await t.run('listen', '--mock-status', 99)).code, 2);
  assert.equal((await t.run('listen', '--mock-status', 200, '--forward-to', 1)).code, 2);
});

test('signatures: a wrong one is rejected with its reason and kept, not forwarded', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--provider', 'stripe', '--secret', 'whsec_right', '--forward-to', endpoint.port);
  assert.equal((await ask(listener.port, stripe('whsec_right'))).status, 200);
  for (const [bytes, reason] of [
    [stripe('whsec_wrong'), /signature_mismatch|wrong_secret/],
    [stripe('whsec_right', { age: 4000 }), /timestamp_too_old/],
    [post('{}'), /missing_header/],
  ]) {
    const answer = await ask(listener.port, bytes);
    assert.equal(answer.status, 401);
    assert.match(JSON.parse(answer.body.toString()).message, reason);
  }
  assert.equal(endpoint.requests.length, 1);
  await listener.stop();
  assert.deepEqual((await t.kept()).map((one) => one.verdict), ['valid', 'invalid', 'invalid', 'invalid']);
  assert.match(listener.stdout, /invoice\.paid {2}evt_1 {2}valid/);
  assert.match(listener.stdout, /INVALID timestamp_too_old/);
});

test('signatures: --invalid forward passes a wrong one on', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--provider', 'stripe', '--secret', 'whsec_right', '--invalid', 'forward', '--forward-to', endpoint.port);
  assert.equal((await ask(listener.port, stripe('whsec_wrong'))).status, 200);
  assert.equal(endpoint.requests.length, 1);
  assert.deepEqual((await t.kept()).map((one) => one.verdict), ['invalid']);
});

test('signatures: two secrets while one is rotated', async (t) => {
  const listener = await t.listen('--provider', 'stripe', '--secret', 'whsec_new', '--secret', 'env:OLD', { env: { OLD: 'whsec_old' } });
  for (const [secret, status] of [['whsec_new', 200], ['whsec_old', 200], ['whsec_older', 401]]) {
    assert.equal((await ask(listener.port, stripe(secret))).status, status, secret);
  }
  await listener.stop();
  assert.ok(!(listener.stdout + listener.stderr).includes('whsec_'), 'no secret is shown');
});

test('signatures: the provider is recognised by its headers', async (t) => {
  const listener = await t.listen('--secret', 'shared');
  assert.equal((await ask(listener.port, stripe('shared'))).status, 200);
  assert.equal((await ask(listener.port, github('shared'))).status, 200);
  assert.equal((await ask(listener.port, github('other'))).status, 401);
  assert.equal((await ask(listener.port, post('{}'))).status, 401);
  const seen = (await t.kept()).map((one) => [one.provider, one.event_type, one.verdict]);
  assert.deepEqual(seen, [['stripe', 'invoice.paid', 'valid'], ['github', 'push', 'valid'], ['github', 'push', 'invalid'], [null, null, 'invalid']]);
});

test('signatures: over the bytes of a chunked, packed body', async (t) => {
  const listener = await t.listen('--provider', 'github', '--secret', 'k');
  const body = Buffer.from([0x1f, 0x8b, 0, 255, 10, 13, 10, 0]);
  const signed = ['POST / HTTP/1.1', 'Host: s', 'X-GitHub-Event: ping', `X-Hub-Signature-256: sha256=${hmac('k', body)}`, 'Transfer-Encoding: chunked'];
  assert.equal((await ask(listener.port, request(signed, Buffer.concat([Buffer.from('8;x\r\n'), body, Buffer.from('\r\n0\r\n\r\n')])))).status, 200);
});

test('ends: --exit-after counts answered requests', async (t) => {
  const listener = await t.listen('--exit-after', 2);
  assert.equal((await ask(listener.port, post())).status, 200);
  assert.equal(listener.result, undefined);
  assert.equal((await ask(listener.port, post())).status, 200);
  assert.equal((await listener.exited).code, 0);
});

test('ends: --until waits for the match', async (t) => {
  const listener = await t.listen('--until', 'event=invoice.* status=2*', '--timeout', '30s');
  await ask(listener.port, stripe('s', { type: 'charge.failed' }));
  assert.equal(listener.result, undefined);
  assert.equal((await ask(listener.port, stripe('s', { type: 'invoice.paid' }))).status, 200);
  assert.equal((await listener.exited).code, 0);
});

test('ends: --timeout is 0 alone, 1 when something was waited for', async (t) => {
  assert.equal((await (await t.listen('--timeout', '200ms')).exited).code, 0);
  assert.equal((await (await t.listen('--timeout', '200ms', '--exit-after', 1)).exited).code, 1);
  assert.equal((await (await t.listen('--timeout', '200ms', '--until', 'event=x')).exited).code, 1);
});

test('records: one JSON record a line, each with its schema, and nothing else', async (t) => {
  const endpoint = await t.endpoint(() => ok('{"hot":"\x1b[31m"}'));
  const listener = await t.listen('--json', '--forward-to', endpoint.port, '--secret', 'whsec_k');
  const nasty = post('{"id":"evt_\\u001b]0;x\\u0007","type":"a\\nb\u0085"}', '/\xff', 'Stripe-Signature: t=1,v1=00');
  await ask(listener.port, nasty);
  await ask(listener.port, stripe('whsec_k'));
  await ask(listener.port, Buffer.from('nonsense\r\n\r\n'));
  assert.equal((await listener.stop()).code, 0);
  assert.ok(listener.stdout.endsWith('\n'));
  const schemas = listener.records().map((one) => one.schema);
  assert.deepEqual(schemas, ['hookctl.ready.v1', 'hookctl.request.v1', 'hookctl.answer.v1', 'hookctl.request.v1', 'hookctl.answer.v1', 'hookctl.refusal.v1']);
  assert.ok(!/[\x00-\x09\x0b-\x1f]/.test(listener.stdout), 'no control character but the line ends');
  assert.equal(listener.records()[0].url, `http://${listener.address}`);
});

test('records: the lines for people hold no control character of a payload', async (t) => {
  const listener = await t.listen();
  await ask(listener.port, post('{"id":"evt_\\u001b[2J\\u0007","type":"a\\n\\u001b]0;title\\u0007b"}', '/%1b\xc2\x9b2J', 'Stripe-Signature: t=1,v1=00'));
  await listener.stop();
  assert.ok(!/[\x00-\x09\x0b-\x1f\x7f\x80-\x9f]/.test(listener.stdout), JSON.stringify(listener.stdout));
  assert.equal(listener.stdout.split('\n').length, 4);
});

test('records: --ready-file holds the address, and cannot be written is exit code 3', async (t) => {
  const listener = await t.listen();
  assert.match(fs.readFileSync(t.file('ready-1'), 'utf8'), /^127\.0\.0\.1:\d+\n$/);
  await listener.stop();
  assert.match(listener.stdout, /^Ready: http:\/\/127\.0\.0\.1:\d+ → answers 200 {3}\(any provider, not verifying/);
  const { code, stderr } = await t.run('listen', '--port', 0, '--journal', t.journal, '--ready-file', t.file('no/such/folder'));
  assert.equal(code, 3);
  assert.match(stderr, /no\/such\/folder/);
});

test('records: a reader that goes away does not take the listener with it', async (t) => {
  const listener = await t.listen();
  listener.child.stdout.destroy();
  for (let i = 0; i < 20; i += 1) assert.equal((await ask(listener.port, post())).status, 200);
  assert.equal((await listener.stop()).code, 0);
});
