// check: what it says when it cannot check, and about its rules.
import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { deadPort } from '../endpoint.mjs';
import { check, endpointFor, secrets, told } from '../checking.mjs';

const nowhere = async (provider = 'stripe') => ({ url: `http://127.0.0.1:${await deadPort()}/webhook`, provider, secret: secrets[provider] });

test('check usage: a wrong secret is exit code 3, with what was tried', async (t) => {
  for (const provider of ['stripe', 'github', 'standard-webhooks']) {
    const endpoint = await endpointFor(t, provider);
    const ended = await check(t, { ...endpoint, secret: provider === 'standard-webhooks' ? `whsec_${'QUJD'.repeat(8)}` : 'another one' });
    assert.equal(ended.code, 3, told(ended));
    assert.match(ended.stderr, /^hookctl: /m);
    assert.match(ended.stderr, /401/, 'the answer');
    assert.match(ended.stderr, /hint: .*(secret|verify)/s, 'what may be the reason');
    assert.match(ended.stderr, { stripe: /payment_intent|invoice|checkout/, github: /push|issues/, 'standard-webhooks': /\w+\.\w+/ }[provider], 'the events that were tried');
  }
}, { seconds: 90 });

test('check usage: nobody listens: exit code 3', async (t) => {
  const ended = await check(t, await nowhere());
  assert.equal(ended.code, 3, told(ended));
  assert.match(ended.stderr, /refused|nothing listens/);
});

test('check usage: a path that is not there: exit code 3', async (t) => {
  const endpoint = await endpointFor(t, 'generic');
  const ended = await check(t, { ...endpoint, url: endpoint.url.replace('webhook', 'elsewhere') });
  assert.equal(ended.code, 3, told(ended));
  assert.match(ended.stderr, /404/);
});

test('check usage: an effects probe that is none', async (t) => {
  const endpoint = await endpointFor(t, 'generic');
  const dead = await check(t, endpoint, '--effects', `http://127.0.0.1:${await deadPort()}/`);
  assert.equal(dead.code, 3, told(dead));
  assert.match(dead.stderr, /effects/);
  const wrong = await check(t, endpoint, '--effects', endpoint.stats);
  assert.ok([2, 3].includes(wrong.code), told(wrong));
  assert.match(wrong.stderr, /count/);
});

for (const [name, args, words] of [
  ['a rule that is none', ['--rules', 'signature/mising'], /'signature\/missing'/],
  ['a group that is none', ['--rules', 'idempotence'], /'idempotency'/],
  ['a format that is none', ['--report', 'jnuit=a.xml'], /'junit'/],
  ['a report without a file', ['--report', 'junit'], /junit/],
  ['a report with an empty file name', ['--report', 'junit='], /junit/],
  ['a severity that is none', ['--fail-on', 'meduim'], /medium/],
  ['an event that is none', ['--event', 'invoice.payed'], /invoice\.paid/],
  ['a time that is none', ['--time', 'soon'], /time/],
  ['a budget that is none', ['--budget', '-1s'], /budget/],
  ['an action without a value', ['--own-action', 'event.bot_id'], /own-action/],
  ['an open quote', ['--spawn', "node 'server.js"], /spawn/],
  ['samples that are not there', ['--samples', 'nowhere'], /nowhere/],
]) {
  test(`check usage: ${name}: exit code 2`, async (t) => {
    const ended = await check(t, await nowhere(), ...args);
    assert.equal(ended.code, 2, told(ended));
    assert.match(ended.stderr, words);
    assert.equal(ended.stdout, '');
  });
}

test('check usage: without a target, a provider, a secret', async (t) => {
  for (const [args, word] of [[['--provider', 'stripe', '--secret', 's'], /--to/], [['--to', '3000', '--secret', 's'], /--provider/], [['--to', '3000', '--provider', 'stripe'], /--secret/]]) {
    const { code, stderr } = await t.run('check', ...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, word);
  }
});

test('check usage: a baseline that is none', async (t) => {
  const missing = await check(t, await nowhere(), '--baseline', 'nowhere.json');
  assert.ok([2, 3].includes(missing.code), told(missing));
  assert.match(missing.stderr, /nowhere\.json/);
  for (const content of ['{', '{"schema":"something.else"}', '[]']) {
    t.file('odd.json', content);
    const odd = await check(t, await nowhere(), '--baseline', 'odd.json');
    assert.equal(odd.code, 2, told(odd));
    assert.match(odd.stderr, /odd\.json/);
  }
});

test('check usage: --list and --explain', async (t) => {
  const { code, stdout } = await t.run('check', '--list');
  assert.equal(code, 0);
  const rules = new Set(stdout.match(/\b(signature|time|idempotency|order|acknowledgement|robustness|disclosure|challenge|agents)\/[a-z0-9-]+/g));
  assert.ok(rules.size >= 90, `${rules.size} rules`);
  const listed = await t.run('check', '--list', '--json');
  assert.equal(listed.code, 0);
  const ids = new Set(listed.stdout.match(/\b[a-z]+\/[a-z0-9-]+(?=")/g));
  for (const rule of rules) assert.ok(ids.has(rule), `${rule} is not in the JSON`);
  for (const rule of ['signature/missing', 'idempotency/concurrent', 'agents/computed']) {
    const explained = await t.run('check', '--explain', rule);
    assert.equal(explained.code, 0, explained.stderr);
    assert.ok(explained.stdout.includes(rule) && explained.stdout.length > 300, explained.stdout);
  }
  const unknown = await t.run('check', '--explain', 'signature/mising');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /'signature\/missing'/);
});
