// fuzz: what is kept and written, that it can be used again, and the secrets that are in none of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from '../harness.mjs';
import { environment, secrets, told } from '../checking.mjs';
import { fuzz, fuzzArgs, fuzzedEndpoint, kept, ran } from '../fuzzing.mjs';

const kFormats = ['json', 'junit', 'sarif', 'tap', 'markdown', 'github', 'text'];
const reportArgs = kFormats.flatMap((format) => ['--report', `${format}=report.${format}`]);
const kFlaw = ['--event', 'order.placed', '--phases', 'earlier,fields', '--max-findings', 1];

// Every file below a folder: { path: content }.
function filesOf(folder) {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map((entry) => [path.join(entry.parentPath ?? entry.path, entry.name), fs.readFileSync(path.join(entry.parentPath ?? entry.path, entry.name), 'utf8')]));
}

test('fuzz kept: every format of report is written at once', async (t) => {
  const endpoint = await fuzzedEndpoint(t, 'generic', { flaw: 'counts-in-doubles' });
  const ended = await fuzz(t, endpoint, ...kFlaw, ...reportArgs);
  assert.equal(ended.code, 1, told(ended));
  const all = Object.fromEntries(kFormats.map((format) => [format, fs.readFileSync(t.file(`report.${format}`), 'utf8')]));
  assert.deepEqual(JSON.parse(all.json), ended.report);
  const sarif = JSON.parse(all.sarif);
  assert.deepEqual(sarif.runs[0].results.map((result) => result.ruleId), ['fuzz/server-error']);
  assert.match(all.junit, /<failure\b/);
  assert.match(all.tap, /^not ok /m);
  assert.match(all.github, /^::(error|warning) /m);
  for (const format of kFormats) {
    assert.ok(all[format].includes('fuzz/server-error'), `the rule is in ${format}`);
    assert.doesNotMatch(all[format], /\x1b/, `no colour in ${format}`);
  }
  const [{ id }] = await kept(t);
  for (const format of ['json', 'junit', 'sarif', 'markdown', 'text']) assert.ok(all[format].includes(`hookctl replay ${id}`), `how to repeat it is in ${format}`);
}, { seconds: 60 });

test('fuzz kept: a finding found before is not told as another, and a baseline knows it', async (t) => {
  const endpoint = await fuzzedEndpoint(t, 'generic', { flaw: 'counts-in-doubles' });
  const first = await fuzz(t, endpoint, ...kFlaw, '--report', 'json=known.json');
  assert.equal(first.code, 1, told(first));
  const [{ id }] = await kept(t);
  const second = await fuzz(t, endpoint, '--event', 'order.placed', '--phases', 'earlier,fields');
  assert.equal(second.code, 1, told(second));
  assert.deepEqual(second.report.earlier.map((one) => [one.id, one.again]), [[id, 'still there']]);
  assert.deepEqual((await kept(t)).map((one) => one.id), [id]);
  const known = await fuzz(t, endpoint, ...kFlaw, '--phases', 'fields', '--findings', 'others', '--baseline', 'known.json');
  assert.equal(known.code, 0, told(known));
  assert.ok(known.report.findings.length > 0 && known.report.findings.every((finding) => finding.known), told(known));
}, { seconds: 90 });

test('fuzz kept: a finding is a test of a suite', async (t) => {
  const endpoint = await fuzzedEndpoint(t, 'generic', { flaw: 'counts-in-doubles' });
  const found = await fuzz(t, endpoint, ...kFlaw, '--findings', 'webhook-tests');
  assert.equal(found.code, 1, told(found));
  const [{ id }] = await kept(t, '--findings', 'webhook-tests');
  const suite = () => ran(t, endpoint, ['check', '--to', endpoint.url, '--provider', 'generic', '--secret', 'env:HOOK_SECRET', '--suite', 'webhook-tests', '--rules', 'suite']);
  const failed = await suite();
  assert.equal(failed.code, 1, told(failed));
  assert.deepEqual(failed.report.rules.map((rule) => [rule.id, rule.verdict]), [[`suite/${id}`, 'failed']]);
  endpoint.mend();
  const passed = await suite();
  assert.equal(passed.code, 0, told(passed));
  assert.deepEqual(passed.report.rules.map((rule) => [rule.id, rule.verdict]), [[`suite/${id}`, 'passed']]);
  assert.deepEqual((await kept(t, '--findings', 'webhook-tests')).map((one) => one.id), [id], 'a test stays when it passes');
}, { seconds: 60 });

test('fuzz kept: findings are listed, shown and dropped', async (t) => {
  const endpoint = await fuzzedEndpoint(t, 'generic', { flaw: 'counts-in-doubles' });
  await fuzz(t, endpoint, ...kFlaw);
  const [record] = await kept(t);
  const list = await t.run('findings');
  assert.match(list.stdout, new RegExp(`^${record.id}  high  fuzz/server-error  order\\.placed  ${endpoint.url}`, 'm'));
  const shown = await t.run('findings', 'show', record.id);
  assert.equal(shown.code, 0, shown.stderr);
  for (const words of [record.id, 'data.total', 'HTTP 500', `hookctl replay ${record.id}`]) assert.ok(shown.stdout.includes(words), `${words} is not in\n${shown.stdout}`);
  const mode = (name) => (fs.statSync(t.file(name)).mode & 0o777).toString(8);
  assert.equal(mode(`.hookctl/findings/${record.id}.json`), '600');
  assert.equal(mode('.hookctl/findings'), '700');
  const dropped = await t.run('findings', 'drop', record.id);
  assert.equal(dropped.code, 0, dropped.stderr);
  assert.deepEqual(await kept(t), []);
  assert.equal((await t.run('findings', 'show', record.id)).code, 2);
}, { seconds: 60 });

for (const [provider, flaw, event] of [['generic', 'counts-in-doubles', 'order.placed'], ['standard-webhooks', 'short-column', 'message.received']]) {
  test(`fuzz kept: the secret stands nowhere (${provider})`, async (t) => {
    const endpoint = await fuzzedEndpoint(t, provider, { flaw });
    const secret = secrets[provider];
    const bare = secret.replace(/^whsec_/, '');
    const hidden = [secret, bare, ...(provider === 'standard-webhooks' ? [Buffer.from(bare, 'base64').toString()] : [Buffer.from(bare).toString('base64')])];
    for (const given of [secret, 'env:HOOK_SECRET']) {
      const args = fuzzArgs(endpoint).map((word) => (word === 'env:HOOK_SECRET' ? given : word));
      const actions = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: t.file('summary.md') };
      const found = await t.run(...args, '--event', event, '--phases', 'fields,sequences,adaptive', '--requests', 400, ...reportArgs, { env: { ...environment(endpoint), ...actions } });
      assert.equal(found.code, 1, found.stderr);
      const [{ id }] = await kept(t);
      const again = await t.run('replay', id, '--secret', given, { env: environment(endpoint) });
      assert.equal(again.code, 1, again.stderr);
      const shown = await t.run('findings', 'show', id);
      const all = { ...filesOf(t.dir), stdout: found.stdout + again.stdout + shown.stdout, stderr: found.stderr + again.stderr };
      assert.ok(Object.keys(all).some((name) => name.includes('corpus')), 'there is a corpus');
      for (const [where, text] of Object.entries(all)) {
        for (const one of hidden) assert.equal(text.indexOf(one), -1, `the secret is in ${where}: …${text.slice(Math.max(0, text.indexOf(one) - 200), text.indexOf(one))}`);
      }
    }
  }, { seconds: 120 });
}
