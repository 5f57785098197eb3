// check finds each flaw of endpoints/flaws.mjs by a rule that is about it. (That no other rule is wrong about them is what check_sound.mjs tells.)
import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { check, endpointFor, findingOf, told } from '../checking.mjs';
import { flaws } from '../endpoints/flaws.mjs';

const groupOf = (rule) => rule.split('/')[0];

for (const [name, { provider, rules, severity, args = [] }] of Object.entries(flaws)) {
  test(
    `check flaw: ${name} (${rules[0]})`,
    async (t) => {
      const endpoint = await endpointFor(t, provider, { flaw: name });
      const ended = await check(t, endpoint, '--effects', endpoint.effects, '--rules', rules.join(','), '--fail-on', severity, ...args);
      assert.ok(ended.report, told(ended));
      const failed = ended.report.rules.filter((rule) => rule.verdict === 'failed' && rules.includes(rule.id));
      assert.ok(failed.length > 0, `none of ${rules} failed\n${told(ended)}`);
      assert.equal(ended.code, 1, told(ended));
      const finding = findingOf(ended.report, ...rules);
      assert.ok(finding.confidence.confirmed, `${finding.rule} is not confirmed: ${JSON.stringify(finding.confidence)}`);
      for (const field of ['fingerprint', 'summary', 'expected', 'seen', 'command']) assert.ok(finding[field], `${finding.rule} has no ${field}`);
      assert.ok(finding.exchanges.length > 0, 'a finding has evidence');
    },
    { seconds: 150 },
  );
}

test('check flaw: every group of rules has one', async (t) => {
  const { stdout } = await t.run('check', '--list');
  const groups = new Set([...stdout.matchAll(/\b([a-z]+)\/[a-z-]+/g)].map(([, group]) => group));
  assert.ok(groups.size >= 9, [...groups].join());
  const covered = new Set(Object.values(flaws).flatMap(({ rules }) => rules.map(groupOf)));
  assert.deepEqual([...groups].filter((group) => !covered.has(group)), []);
  for (const { rules } of Object.values(flaws)) for (const rule of rules) assert.ok(stdout.includes(rule), `${rule} is no rule`);
});
