// What was answered 2xx is in the journal, whatever happens to the process; and the journal is nobody else's to read.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test, until } from '../harness.mjs';
import { ask, Client, post } from '../wire.mjs';

const kNobody = 65534;
const hasSqlite = spawnSync('sqlite3', ['--version']).status === 0;

function checkIntegrity(t) {
  if (!hasSqlite) return;
  assert.equal(execFileSync('sqlite3', [t.journal, 'PRAGMA integrity_check; PRAGMA foreign_key_check;'], { encoding: 'utf8' }), 'ok\n');
}

// Sends numbered events over `connections` until they break; adds the numbers that were answered 2xx to `answered`.
function load(listener, connections, answered, prefix = '') {
  return Array.from({ length: connections }, async (_, c) => {
    const client = new Client(listener.port);
    try {
      for (let i = 0; ; i += 1) {
        const id = `evt_${prefix}${c}_${i}`;
        client.send(post(`{"id":"${id}","type":"x"}`, '/hook', 'Stripe-Signature: t=1,v1=0'));
        const answer = await client.answer();
        assert.equal(answer.status, 200);
        answered.add(id);
      }
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error;
    } finally {
      client.destroy();
    }
  });
}

// Keeps a listener busier than this process is: many requests at once on each connection.
function flood(listener, connections, answered, prefix) {
  const batch = (c, n) => Array.from({ length: 40 }, (_, i) => `evt_${prefix}${c}_${n}_${i}`);
  const event = (id) => post(`{"id":"${id}","type":"x","pad":"${'x'.repeat(4000)}"}`, '/hook', 'Stripe-Signature: t=1,v1=0');
  return Array.from({ length: connections }, async (_, c) => {
    const client = new Client(listener.port);
    try {
      for (let n = 0; ; n += 1) {
        const ids = batch(c, n);
        client.send(Buffer.concat(ids.map(event)));
        for (const id of ids) {
          assert.equal((await client.answer()).status, 200);
          answered.add(id);
        }
      }
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error;
    } finally {
      client.destroy();
    }
  });
}

test('journal: kill -9 under load loses nothing that was answered', async (t) => {
  const answered = new Set();
  for (let round = 0; round < 5; round += 1) {
    const listener = await t.listen('--quiet');
    const before = answered.size;
    const senders = flood(listener, 32, answered, `${round}_`);
    await until(() => answered.size > before + 300, 'load');
    // Another process kills, at a moment that has nothing to do with what this one is at.
    await t.start(['-c', `kill -9 ${listener.pid}`], { program: 'sh' }).exited;
    await Promise.all(senders);
    await listener.exited;
  }
  const kept = new Set((await t.kept()).map((one) => one.event_id));
  const lost = [...answered].filter((id) => !kept.has(id));
  assert.deepEqual(lost, []);
  checkIntegrity(t);
});

test('journal: two listeners on one file', async (t) => {
  const first = await t.listen('--quiet');
  const second = await t.listen('--quiet');
  const answered = new Set();
  const senders = [...load(first, 8, answered, 'a_'), ...load(second, 8, answered, 'b_')];
  await until(() => answered.size > 1000, 'load');
  const both = await Promise.all([first.stop(), second.stop()]);
  assert.deepEqual(both.map((one) => one.code), [0, 0]);
  await Promise.all(senders);
  const kept = await t.kept();
  assert.equal(new Set(kept.map((one) => one.id)).size, kept.length, 'ids are not shared');
  assert.deepEqual([...answered].filter((id) => !kept.some((one) => one.event_id === id)), []);
  assert.equal(kept.length, answered.size);
  checkIntegrity(t);
});

test('journal: eight listeners may make the same new file', async (t) => {
  const all = await Promise.all(Array.from({ length: 8 }, () => t.listen()));
  for (const one of all) assert.equal((await ask(one.port, post())).status, 200);
  assert.equal((await t.kept()).length, 8);
});

test('journal: files 0600, folder 0700, the default place', async (t) => {
  const ready = t.file('ready');
  const listener = t.start(['listen', '--port', '0', '--ready-file', ready], { setup: 'umask 0' });
  await until(() => fs.existsSync(ready), 'the ready file');
  await ask(Number(fs.readFileSync(ready, 'utf8').trim().split(':')[1]), post());
  const folder = path.join(t.dir, '.hookctl');
  assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
  const files = fs.readdirSync(folder);
  assert.ok(files.includes('journal.db'));
  for (const file of files) assert.equal(fs.statSync(path.join(folder, file)).mode & 0o777, 0o600, file);
  assert.equal(fs.statSync(ready).mode & 0o777, 0o600);
  assert.equal((await listener.stop()).code, 0);
});

async function refusesPlace(t, place, options = {}) {
  const { code, stdout, stderr } = await t.run('listen', '--port', 0, '--journal', place, '--timeout', '5s', options);
  assert.equal(code, 3, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^hookctl: cannot /);
  assert.ok(stderr.includes(path.basename(path.dirname(place))), stderr);
}

test('journal: a place that cannot be written is told, exit code 3', async (t) => {
  await refusesPlace(t, '/proc/hookctl-e2e/journal.db');
  await refusesPlace(t, path.join(t.file('a-file', 'x'), 'journal.db'));
  fs.mkdirSync(t.file('folder/journal.db'), { recursive: true });
  await refusesPlace(t, t.file('folder/journal.db'));
  fs.mkdirSync(t.file('read-only'), { mode: 0o555 });
  if (process.getuid() !== 0) return refusesPlace(t, t.file('read-only/new/journal.db'));
  // Root may write anywhere: somebody else tries.
  const program = t.file('hookctl');
  fs.copyFileSync(t.program, program);
  fs.chmodSync(program, 0o755);
  fs.chmodSync(t.dir, 0o755);
  fs.chmodSync(path.dirname(t.dir), 0o711);
  await refusesPlace(t, t.file('read-only/new/journal.db'), { program, user: kNobody });
});

test('journal: what is none is told, exit code 2, and left as it is', async (t) => {
  const place = t.file('notes.txt', 'these are my notes, not a journal\n'.repeat(100));
  const before = fs.readFileSync(place);
  const { code, stderr } = await t.run('listen', '--port', 0, '--journal', place, '--timeout', '5s');
  assert.equal(code, 2, stderr);
  assert.match(stderr, /notes\.txt/);
  assert.ok(fs.readFileSync(place).equals(before));
  const none = await t.run('requests', '--journal', t.file('none.db'));
  assert.equal(none.code, 3);
  assert.match(none.stderr, /no journal at .*none\.db/);
  assert.ok(!fs.existsSync(t.file('none.db')));
});

test('journal: what cannot be kept for want of room is answered 503, and the listener serves on', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port, { setup: 'ulimit -f 2000' }); // blocks of 512 bytes
  assert.equal((await ask(listener.port, post())).status, 200);
  const large = await ask(listener.port, post(Buffer.alloc(2_000_000, 'x')));
  assert.equal(large.status, 503);
  assert.equal(JSON.parse(large.body.toString()).error, 'not_kept');
  assert.equal(endpoint.requests.length, 1, 'what was not kept is not forwarded');
  assert.equal((await ask(listener.port, post())).status, 200);
  assert.equal((await listener.stop()).code, 0);
  assert.match(listener.stderr, /could not be kept/);
  assert.equal((await t.kept()).length, 2);
  checkIntegrity(t);
});

test('journal: requests and show while a listener writes', async (t) => {
  const listener = await t.listen('--quiet');
  const answered = new Set();
  const senders = load(listener, 4, answered);
  await until(() => answered.size > 100, 'load');
  for (let i = 0; i < 10; i += 1) {
    const before = answered.size;
    assert.ok((await t.kept()).length >= before, 'what was answered is seen at once');
    assert.equal((await t.show('last')).code, 0);
  }
  await listener.stop();
  await Promise.all(senders);
});
