// check has nothing to say against sound endpoints, and does not ask much of them.
import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { check, endpointFor, fetchJson, rulesOf, secrets, told } from '../checking.mjs';

// How an event says that the agent caused it.
const kOwnAction = { github: 'sender.type="Bot"', slack: 'event.bot_id="B0A1"', 'standard-webhooks': 'data.actor="agent"', generic: 'data.actor="agent"' };

for (const provider of Object.keys(secrets)) {
  test(
    `check sound: ${provider} passes every rule`,
    async (t) => {
      const endpoint = await endpointFor(t, provider);
      const own = kOwnAction[provider] ? ['--own-action', kOwnAction[provider]] : [];
      const begun = Date.now();
      const ended = await check(t, endpoint, '--effects', endpoint.effects, ...own, '--fail-on', 'note');
      const seconds = (Date.now() - begun) / 1000;
      assert.equal(ended.code, 0, told(ended));
      assert.deepEqual(rulesOf(ended.report, 'failed'), [], told(ended));
      assert.deepEqual(ended.report.findings, []);
      assert.equal(ended.report.stopped, null);
      const late = ended.report.rules.filter(({ verdict, reason }) => verdict === 'skipped' && /\bno time\b|time is up|\bfit\b|ran out/.test(reason));
      assert.deepEqual(late.map((rule) => rule.id), [], 'there is time for every rule');
      const passed = rulesOf(ended.report, 'passed').length;
      assert.ok(passed >= 70, `only ${passed} rules passed\n${told(ended)}`);
      const { requests } = await fetchJson(endpoint.stats);
      assert.ok(requests <= 400, `${requests} requests`);
      assert.ok(seconds < 60, `${seconds} s`);
      assert.equal(endpoint.running.stderr, '', 'the endpoint itself has nothing to complain of');
    },
    { seconds: 120, alone: true },
  );
}

test('check sound: without --effects what needs it is skipped and says so, never passed', async (t) => {
  const endpoint = await endpointFor(t, 'generic', { flaw: 'no-memory' });
  const rules = ['idempotency', 'order', 'signature/no-effect', 'agents/wakes-once', 'agents/own-action'];
  const ended = await check(t, endpoint, '--rules', rules.join());
  assert.equal(ended.code, 0, told(ended));
  const needing = ended.report.rules.filter(({ id }) => !['order/unknown-object', 'order/same-time'].includes(id));
  assert.ok(needing.length >= 13, needing.map((rule) => rule.id).join());
  for (const { id, verdict, reason } of needing) {
    assert.equal(verdict, 'skipped', id);
    assert.match(reason, /effects|own-action/, id);
  }
}, { seconds: 90 });

test('check sound: --effects may be a command', async (t) => {
  const endpoint = await endpointFor(t, 'generic', { flaw: 'no-memory' });
  const ended = await check(t, endpoint, '--effects', `curl -s '${endpoint.effects}'`, '--rules', 'idempotency/duplicate');
  assert.equal(ended.code, 1, told(ended));
  assert.deepEqual(rulesOf(ended.report, 'failed'), ['idempotency/duplicate']);
}, { seconds: 90 });

test('check sound: the same seed makes the same requests, apart from ids and times', async (t) => {
  // Requests as they arrive, without what is fresh in every run.
  const seen = async (seed) => {
    const requests = [];
    const endpoint = await t.endpoint((message) => {
      const names = message.lines.map((line) => line.split(':')[0]).join();
      const body = message.payload.toString().replace(/[\w+/-]{8,}|\d+/g, '#');
      requests.push(`${message.first} ${names} ${body}`);
      return Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const rules = ['signature/json-spelling', 'signature/multibyte', 'robustness/nulls', 'robustness/missing-fields', 'robustness/wrong-types', 'robustness/empty-values'];
    const ended = await check(t, { url: `${endpoint.url}/webhook`, provider: 'github', secret: secrets.github }, '--rules', rules.join(), '--seed', seed);
    assert.equal(ended.code, 0, told(ended));
    assert.equal(ended.report.seed, String(seed));
    assert.ok(rulesOf(ended.report, 'passed').length >= 4, told(ended));
    return requests;
  };
  const [first, second] = [await seen(4711), await seen(4711)];
  assert.ok(first.length > 10, `${first.length} requests`);
  assert.deepEqual(second, first);
}, { seconds: 120 });
