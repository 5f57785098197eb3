// check --spawn: the endpoint is started, watched, started again when it dies, and stopped with all that it started.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test, until } from '../harness.mjs';
import { deadPort } from '../endpoint.mjs';
import { check, environment, fetchJson, findingOf, isOpen, kChecked, rulesOf, secrets, target, told } from '../checking.mjs';

// An endpoint that a script starts as its child, so that hookctl's child has one of its own. `starts()` tells how often it was started.
async function spawned(t, provider, flaw) {
  const port = await deadPort();
  const options = `--provider ${provider} --port ${port}${flaw ? ` --flaw ${flaw}` : ''}`;
  t.file('serve.sh', `echo started >> starts\n"${process.execPath}" "${kChecked}" ${options} &\nwait $!\n`);
  const origin = `http://127.0.0.1:${port}`;
  return {
    provider,
    port,
    secret: secrets[provider],
    url: `${origin}/webhook`,
    effects: `${origin}/__effects`,
    stats: `${origin}/__stats`,
    starts: () => fs.readFileSync(t.file('starts'), 'utf8').split('\n').length - 1,
    args: ['--spawn', 'sh serve.sh'],
    env: { ENDPOINT_SECRET: secrets[provider] },
  };
}

const isGone = (endpoint) => until(async () => !(await isOpen(endpoint.port)), 'the end of the endpoint', 5000);

test('check spawn: starts the program and stops it, with its child', async (t) => {
  const endpoint = await spawned(t, 'github');
  const ended = await check(t, endpoint, ...endpoint.args, '--effects', endpoint.effects, '--rules', 'signature/missing,idempotency/duplicate', { env: endpoint.env });
  assert.equal(ended.code, 0, told(ended));
  assert.deepEqual(rulesOf(ended.report, 'passed').sort(), ['idempotency/duplicate', 'signature/missing'], told(ended));
  assert.equal(endpoint.starts(), 1);
  await isGone(endpoint);
}, { seconds: 90 });

test('check spawn: a program that dies of a null is started again, and its last lines are in the finding', async (t) => {
  const endpoint = await spawned(t, 'stripe', 'null-ends-it');
  const rules = 'robustness/nulls,robustness/null-objects,robustness/missing-fields,signature/missing';
  const ended = await check(t, endpoint, ...endpoint.args, '--event', 'invoice.paid', '--rules', rules, { env: endpoint.env });
  assert.equal(ended.code, 1, told(ended));
  const finding = findingOf(ended.report, 'robustness/nulls', 'robustness/null-objects', 'robustness/missing-fields');
  assert.ok(finding, told(ended));
  assert.match(finding.log.join('\n'), /TypeError: Cannot read properties of (null|undefined)/);
  assert.ok(endpoint.starts() >= 2, `${endpoint.starts()} starts`);
  assert.equal(ended.report.stopped, null, 'the run goes on');
  assert.ok(rulesOf(ended.report, 'passed').includes('signature/missing'), told(ended));
  await isGone(endpoint);
}, { seconds: 150 });

test('check spawn: a program that does not come up is exit code 3, with what it said', async (t) => {
  const endpoint = await spawned(t, 'github');
  t.file('broken.sh', 'echo "no database today" >&2\nexit 7\n');
  const broken = await check(t, endpoint, '--spawn', 'sh broken.sh');
  assert.equal(broken.code, 3, told(broken));
  assert.match(broken.stderr, /exit code 7/);
  assert.match(broken.stderr, /no database today/);
  const missing = await check(t, endpoint, '--spawn', './no-such-program --now');
  assert.equal(missing.code, 3, told(missing));
  assert.match(missing.stderr, /no-such-program/);
}, { seconds: 90 });

test('check spawn: a port that somebody else has is not taken for the program', async (t) => {
  const other = await t.endpoint();
  t.file('quiet.sh', 'exit 1\n');
  const ended = await check(t, { url: `${other.url}/webhook`, provider: 'github', secret: secrets.github }, '--spawn', 'sh quiet.sh', '--rules', 'signature/missing');
  assert.equal(ended.code, 3, told(ended));
}, { seconds: 60 });

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`check spawn: ${signal} ends it with 130, and no child stays`, async (t) => {
    const endpoint = await spawned(t, 'stripe');
    const running = t.start([...target(endpoint), ...endpoint.args, '--effects', endpoint.effects], { env: { ...environment(endpoint), ...endpoint.env } });
    await until(async () => {
      if (running.result) throw new Error(`it ended with ${running.result.code}: ${running.stderr}`);
      return (await isOpen(endpoint.port)) && (await fetchJson(endpoint.stats)).requests > 25;
    }, 'the middle of the run', 30000);
    running.kill(signal);
    assert.equal((await running.exited).code, 130, running.stderr);
    await isGone(endpoint);
  }, { seconds: 90 });
}
