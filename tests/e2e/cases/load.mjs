// Many at once, rude clients, and a long time: no descriptor and no memory stays behind.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { sleep, test, until } from '../harness.mjs';
import { ok } from '../endpoint.mjs';
import { ask, Client, post } from '../wire.mjs';

const descriptors = (listener) => fs.readdirSync(`/proc/${listener.pid}/fd`).length;
const memoryMb = (listener) => Number(fs.readFileSync(`/proc/${listener.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/)[1]) / 1024;

// The same numbers in every run.
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

test('load: 300 connections at the same moment', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port, '--quiet');
  const before = descriptors(listener);
  const clients = Array.from({ length: 300 }, (_, i) => new Client(listener.port).send(post(`{"n":${i}}`)));
  const answers = await Promise.all(clients.map((one) => one.answer()));
  assert.ok(answers.every((one) => one.status === 200));
  assert.equal(new Set(endpoint.requests.map((one) => one.payload.toString())).size, 300);
  clients.forEach((one) => one.destroy());
  assert.equal((await t.kept()).length, 300);
  await until(() => descriptors(listener) <= before, 'every connection to be closed');
}, { alone: true });

test('load: 500 clients that reset at any place leave nothing open', async (t) => {
  const next = numbers(7);
  const large = Buffer.alloc(200_000, 'answer');
  const endpoint = await t.endpoint(async () => {
    await sleep(next(40));
    return ok(large);
  });
  const listener = await t.listen('--forward-to', endpoint.port, '--quiet');
  const before = descriptors(listener);
  const request = post(Buffer.alloc(20_000, 'x'));
  const rude = async () => {
    const client = new Client(listener.port);
    await client.connected;
    const place = next(4);
    if (place === 1) client.send(request.subarray(0, next(120)));
    if (place === 2) client.send(request.subarray(0, next(request.length)));
    if (place === 3) client.send(request);
    if (next(3) === 0 && place === 3) await until(() => client.bytes > 0 || client.ended, 'the begin of the answer');
    else await sleep(next(30));
    client.reset();
  };
  for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 50 }, rude));
  await until(() => descriptors(listener) <= before, 'every descriptor to be closed');
  assert.equal((await ask(listener.port, post())).status, 200);
  assert.equal((await listener.stop()).code, 0);
}, { alone: true });

test('load: more connections than descriptors wait their turn', async (t) => {
  const listener = await t.listen({ setup: 'ulimit -n 64' });
  const clients = Array.from({ length: 200 }, () => new Client(listener.port).send(post('{}', '/hook', 'Connection: close')));
  const answers = await Promise.all(clients.map((one) => one.answer()));
  assert.ok(answers.every((one) => one.status === 200));
  clients.forEach((one) => one.destroy());
  assert.equal((await t.kept()).length, 200);
});

test('load: 20 000 requests, and memory does not grow', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port, '--provider', 'github', '--secret', 'k', '--invalid', 'forward');
  const clients = Array.from({ length: 32 }, () => new Client(listener.port));
  const body = JSON.stringify({ text: 'x'.repeat(1000) });
  const soak = (count) => Promise.all(clients.map(async (client) => {
    for (let i = 0; i < count / clients.length; i += 1) {
      client.send(post(body));
      assert.equal((await client.answer()).status, 200);
      endpoint.requests.length = 0;
    }
  }));
  await soak(4000);
  const before = memoryMb(listener);
  await soak(16000);
  const after = memoryMb(listener);
  clients.forEach((one) => one.destroy());
  assert.ok(after < before + 16, `${before.toFixed(1)} MB after 4 000 requests, ${after.toFixed(1)} MB after 20 000`);
  assert.equal((await listener.stop()).code, 0);
  assert.equal((await t.kept()).length, 20000);
}, { seconds: 90, alone: true });

test('load: memory of 25 MB bodies is given back', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port);
  const body = post(Buffer.alloc(25 * 1024 * 1024, 'x'));
  for (let i = 0; i < 6; i += 1) {
    assert.equal((await ask(listener.port, body)).status, 200);
    endpoint.requests.length = 0;
  }
  // What six at once would take; one after the other must stay well below.
  await until(() => memoryMb(listener) < 300, `less than 300 MB, it has ${memoryMb(listener).toFixed(0)} MB`);
});
