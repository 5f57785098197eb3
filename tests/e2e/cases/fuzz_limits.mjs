// fuzz keeps to what it is told: how many requests, how long, whose endpoint; and it ends well, however it ends.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { test, until } from '../harness.mjs';
import { deadPort, ok } from '../endpoint.mjs';
import { environment, fetchJson, isOpen, secrets, told } from '../checking.mjs';
import { Sound } from '../endpoints/sound.mjs';
import { fuzz, fuzzArgs, fuzzedEndpoint, kept } from '../fuzzing.mjs';

const isGone = (endpoint) => until(async () => !(await isOpen(endpoint.port)), 'the end of the endpoint', 5000);

test('fuzz limits: the same seed makes the same requests in fresh corpus folders, apart from times and signatures', async (t) => {
  const seen = async (seed, corpus) => {
    const requests = [];
    const endpoint = await t.endpoint(({ first, lines, payload }) => {
      const head = lines.filter((line) => !/^(host|content-length):/i.test(line)).map((line) => line.replace(/\b[0-9a-f]{64}\b/g, '#').replace(/\b\d{10}(\.\d+)?\b/g, '#'));
      requests.push([first, ...head, payload.toString().replace(/\b\d{10}(\.\d+)?\b|"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '#').replace(/127\.0\.0\.1:\d+/g, '#')].join('\n'));
      return ok();
    });
    // The crowd of the adaptive phase cannot be compared: how many there are depends on how fast they are answered.
    const args = ['--seed', seed, '--corpus', corpus, '--findings', `${corpus}-findings`, '--phases', 'fields,sequences', '--requests', 300, '--event', 'push'];
    const ended = await fuzz(t, { url: `${endpoint.url}/webhook`, provider: 'github', secret: secrets.github }, ...args);
    assert.ok(ended.report, told(ended));
    assert.equal(ended.report.seed, String(seed));
    return requests.sort(); // those of a group arrive in any order
  };
  const [first, second, other] = [await seen(4711, 'a'), await seen(4711, 'b'), await seen(4712, 'c')];
  assert.ok(first.length > 50, `${first.length} requests`);
  const differs = first.findIndex((request, i) => request !== second[i]);
  assert.equal(second[differs], first[differs], `request ${differs} of ${first.length}`);
  assert.equal(second.length, first.length);
  assert.notDeepEqual(other, first, 'another seed makes others');
}, { seconds: 120 });

for (const [requests, phases] of [[40, 'catalogue,fields'], [150, 'fields,sequences'], [700, 'adaptive'], [1200, 'earlier,catalogue,fields,sequences,adaptive,destructive']]) {
  test(`fuzz limits: never more than --requests ${requests} (${phases.split(',').length === 6 ? 'all phases' : phases})`, async (t) => {
    const endpoint = await fuzzedEndpoint(t, 'generic');
    const ended = await fuzz(t, endpoint, '--requests', requests, '--phases', phases, '--effects', endpoint.effects);
    assert.equal(ended.code, 0, told(ended));
    const arrived = (await fetchJson(endpoint.stats)).requests;
    assert.ok(arrived <= requests, `${arrived} arrived`);
    assert.ok(ended.report.requests <= requests, `${ended.report.requests}, it says`);
    assert.ok(arrived > requests / 4, `only ${arrived} arrived`);
  }, { seconds: 120 });
}

for (const [seconds, flaw] of [[2], [5], [5, 'slow-pattern'], [6, 'deep-customer']]) {
  test(`fuzz limits: --time ${seconds}s is kept${flaw ? ` with ${flaw}` : ''}`, async (t) => {
    const endpoint = await fuzzedEndpoint(t, flaw === 'slow-pattern' ? 'standard-webhooks' : 'generic', { flaw, spawn: flaw !== undefined });
    const ended = await fuzz(t, endpoint, '--time', `${seconds}s`, ...(flaw ? ['--phases', 'fields,sequences,adaptive'] : []));
    assert.ok(ended.report, told(ended));
    assert.ok([0, 1].includes(ended.code), told(ended));
    assert.ok(ended.seconds <= seconds + 0.5, `${ended.seconds} s`);
    if (!flaw) assert.ok(ended.seconds > seconds / 2, `it goes on: ${ended.seconds} s`);
    if (flaw) await isGone(endpoint);
  }, { seconds: 60, alone: true });
}

test('fuzz limits: --max-findings 2 of many', async (t) => {
  const endpoint = await t.endpoint(({ payload }) => (/null|"\s*"/.test(payload.toString()) ? Buffer.from('HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n') : ok()));
  const samples = t.file('samples');
  fs.mkdirSync(samples);
  fs.writeFileSync(`${samples}/thing.made.json`, '{"id":"evt_1","type":"thing.made","data":{"id":"t_1","a":"one","b":"two","c":{"d":3,"e":"five"}}}');
  const target = { url: `${endpoint.url}/webhook`, provider: 'generic', secret: secrets.generic };
  const ended = await fuzz(t, target, '--max-findings', 2, '--samples', samples, '--event', 'thing.made');
  assert.equal(ended.code, 1, told(ended));
  assert.equal(ended.report.findings.filter((finding) => finding.confidence.confirmed).length, 2, told(ended));
  assert.equal((await kept(t)).length, 2);
}, { seconds: 90 });

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`fuzz limits: ${signal} gives a report and 130, and the spawned program ends with its child`, async (t) => {
    const endpoint = await fuzzedEndpoint(t, 'stripe', { spawn: true });
    const running = t.start([...fuzzArgs(endpoint), '--json'], { env: { ...environment(endpoint), ...endpoint.env } });
    await until(async () => {
      if (running.result) throw new Error(`it ended with ${running.result.code}: ${running.stderr}`);
      return (await isOpen(endpoint.port)) && (await fetchJson(endpoint.stats)).requests > 60;
    }, 'the middle of the run', 30000);
    const begun = Date.now();
    running.kill(signal);
    assert.equal((await running.exited).code, 130, running.stderr);
    assert.ok(Date.now() - begun < 3000, `${Date.now() - begun} ms`);
    const report = JSON.parse(running.stdout);
    assert.equal(report.stopped, 'interrupted');
    assert.ok(report.rules.length > 0);
    await isGone(endpoint);
  }, { seconds: 90 });
}

test('fuzz limits: a spawned program is stopped with its child', async (t) => {
  const endpoint = await fuzzedEndpoint(t, 'github', { spawn: true });
  const ended = await fuzz(t, endpoint, '--requests', 60, '--phases', 'fields');
  assert.equal(ended.code, 0, told(ended));
  await isGone(endpoint);
}, { seconds: 60 });

test('fuzz limits: an address beyond this machine and private networks is refused before anything is sent', async (t) => {
  for (const url of ['http://192.0.2.7/webhook', 'https://198.51.100.9:8443/hook', 'http://[2001:db8::7]/hook', 'http://169.254.169.254/latest']) {
    const begun = Date.now();
    const ended = await fuzz(t, { url, provider: 'stripe', secret: secrets.stripe });
    assert.equal(ended.code, 2, `${url}: ${told(ended)}`);
    assert.match(ended.stderr, /--i-own-this-target/);
    assert.ok(Date.now() - begun < 2000, 'it does not even try');
    assert.ok(!fs.existsSync(t.file('.hookctl/corpus')), 'nothing has begun');
  }
});

test('fuzz limits: 429 with Retry-After is honoured, and no finding', async (t) => {
  // A limiter in front of a sound endpoint: so many in a second. What comes while it says "later" is counted.
  const sound = new Sound({ provider: 'github', secret: secrets.github });
  let [since, count, later, impatient] = [0, 0, 0, 0];
  const server = http.createServer((request, response) => {
    const now = Date.now();
    if (now - since > 1000) [since, count] = [now, 0];
    count += 1;
    if (now >= later && count <= 150) return void sound.serve(request, response);
    if (now < later) impatient += 1;
    else later = now + 1000;
    request.resume().on('end', () => response.writeHead(429, { 'Retry-After': '1', 'Content-Length': 0 }).end());
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.cleanup(() => (server.closeAllConnections(), new Promise((done) => server.close(done))));
  const endpoint = { url: `http://127.0.0.1:${server.address().port}/webhook`, provider: 'github', secret: secrets.github };
  const ended = await fuzz(t, endpoint, '--phases', 'adaptive', '--event', 'push', '--time', '8s');
  assert.equal(ended.code, 0, told(ended));
  assert.deepEqual(ended.report.findings, []);
  assert.ok(ended.report.requests > 150, `${ended.report.requests} requests: the limit was never met`);
  // Those that were on their way when the first one was told.
  assert.ok(impatient <= ended.report.requests / 5, `${impatient} of ${ended.report.requests} came while it said "later"`);
}, { seconds: 60 });

test('fuzz limits: nobody listens, a wrong secret: exit code 3 with the next step', async (t) => {
  const nobody = await fuzz(t, { url: `http://127.0.0.1:${await deadPort()}/webhook`, provider: 'stripe', secret: secrets.stripe });
  assert.equal(nobody.code, 3, told(nobody));
  assert.match(nobody.stderr, /hint: .*start the endpoint.*--spawn/s);
  assert.equal(nobody.stdout, '');
  const endpoint = await fuzzedEndpoint(t, 'stripe');
  const wrong = await fuzz(t, { ...endpoint, secret: 'whsec_of_somebody_else' });
  assert.equal(wrong.code, 3, told(wrong));
  assert.match(wrong.stderr, /401/);
  assert.match(wrong.stderr, /hint: .*secret/s);
  assert.equal(wrong.stdout, '');
}, { seconds: 60 });
