// Ctrl-C and SIGTERM: what is in flight is answered, the rest is closed at once, nothing is lost, and the end is not late.
import assert from 'node:assert/strict';
import net from 'node:net';
import { sleep, test, until } from '../harness.mjs';
import { ok } from '../endpoint.mjs';
import { Client, latin1, post } from '../wire.mjs';

const refusesConnections = (port) =>
  new Promise((done) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => done(false)).on('error', () => done(true));
    socket.on('connect', () => socket.destroy());
  });

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`ending: ${signal} answers a slow request, closes idle connections, refuses new ones`, async (t) => {
    let answered = 0;
    const endpoint = await t.endpoint(async () => {
      await sleep(2000);
      answered = Date.now();
      return ok('slow');
    });
    const listener = await t.listen('--forward-to', endpoint.port);
    const slow = new Client(listener.port).send(post());
    const idle = [new Client(listener.port), new Client(listener.port)];
    await Promise.all(idle.map((one) => one.connected));
    await endpoint.request();
    const begun = Date.now();
    listener.kill(signal);
    await Promise.all(idle.map((one) => one.closed()));
    assert.ok(Date.now() - begun < 1000, 'idle connections are closed at once');
    assert.equal(await refusesConnections(listener.port), true);
    assert.equal(answered, 0, 'all that while the endpoint was at work');
    const answer = await slow.answer();
    assert.equal(answer.body.toString(), 'slow');
    assert.match(answer.head.toString(), /\r\nConnection: close\r\n/i);
    assert.deepEqual(await listener.exited, { code: 0, signal: null });
    assert.ok(Date.now() - answered < 1000, 'and the end is right after the last answer');
    const [kept] = await t.kept();
    assert.equal(kept.attempts[0].status, 200);
  });
}

test('ending: without anything in flight it is at once', async (t) => {
  const listener = await t.listen();
  const idle = new Client(listener.port).send(post());
  await idle.answer(); // kept alive, idle now
  const begun = Date.now();
  assert.equal((await listener.stop('SIGINT')).code, 0);
  assert.ok(Date.now() - begun < 1000);
  await idle.closed();
});

test('ending: a request half received is still taken', async (t) => {
  const listener = await t.listen();
  const client = new Client(listener.port).send(latin1('POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 4\r\n\r\nha'));
  const idle = new Client(listener.port);
  await idle.connected;
  await sleep(100); // no condition tells that the first half was read
  listener.kill('SIGTERM');
  await idle.closed();
  client.send(latin1('lf'));
  assert.equal((await client.answer()).status, 200);
  assert.equal((await listener.exited).code, 0);
  assert.equal((await t.kept()).length, 1);
});

test('ending: a request half received that stays so ends in seconds', async (t) => {
  const listener = await t.listen();
  const client = new Client(listener.port).send(latin1('POST / HTTP/1.1\r\nHost: s\r\nContent-Le'));
  await client.connected;
  await sleep(100);
  const begun = Date.now();
  listener.kill('SIGTERM');
  assert.equal((await listener.exited).code, 0);
  assert.ok(Date.now() - begun < 8000);
  client.destroy();
});

test('ending: SIGTERM during 64 requests at a time loses none', async (t) => {
  const endpoint = await t.endpoint(async (message) => {
    await sleep(400);
    return ok(message.payload);
  });
  const listener = await t.listen('--forward-to', endpoint.port);
  const clients = Array.from({ length: 64 }, (_, i) => new Client(listener.port).send(post(`{"n":${i}}`)));
  await until(() => endpoint.requests.length === 64, 'all 64 at the endpoint');
  listener.kill('SIGTERM');
  const answers = await Promise.all(clients.map((one) => one.answer()));
  answers.forEach((answer, i) => assert.deepEqual([answer.status, answer.body.toString()], [200, `{"n":${i}}`]));
  assert.equal((await listener.exited).code, 0);
  const kept = await t.kept();
  assert.equal(kept.length, 64);
  assert.ok(kept.every((one) => one.attempts[0]?.status === 200));
});

test('ending: SIGTERM under load answers everything it took', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port, '--quiet');
  let answered = 0;
  const senders = Array.from({ length: 64 }, async () => {
    const client = new Client(listener.port);
    try {
      while (true) {
        client.send(post());
        assert.equal((await client.answer()).status, 200);
        answered += 1;
      }
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error;
    }
  });
  await until(() => answered > 1000, 'load');
  listener.kill('SIGTERM');
  await Promise.all(senders);
  assert.equal((await listener.exited).code, 0);
  assert.equal(endpoint.requests.length, answered, 'each request that reached the endpoint was answered');
  assert.equal((await t.kept()).length, answered);
});

test('ending: a second SIGINT ends at once', async (t) => {
  const endpoint = await t.endpoint(() => undefined);
  const listener = await t.listen('--forward-to', endpoint.port);
  const client = new Client(listener.port).send(post());
  await endpoint.request();
  listener.kill('SIGINT');
  await until(() => refusesConnections(listener.port), 'the first one to be seen');
  assert.equal(listener.result, undefined);
  const begun = Date.now();
  listener.kill('SIGINT');
  assert.equal((await listener.exited).code, 130);
  assert.ok(Date.now() - begun < 1000);
  client.destroy();
  assert.equal((await t.kept()).length, 1);
});
