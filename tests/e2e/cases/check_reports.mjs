// check: its reports, its baseline, the evidence that can be run again, and the secrets that are in none of it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from '../harness.mjs';
import { check, endpointFor, environment, findingOf, rulesOf, target, told } from '../checking.mjs';

const kFormats = ['json', 'junit', 'sarif', 'tap', 'markdown', 'github', 'text'];
const reportArgs = kFormats.flatMap((format) => ['--report', `${format}=report.${format}`]);
const reports = (t) => Object.fromEntries(kFormats.map((format) => [format, fs.readFileSync(t.file(`report.${format}`), 'utf8')]));

// Are the tags of this document balanced, and everything between them escaped?
function checkXml(text) {
  const open = [];
  const rest = text.replace(/<\?xml[^>]*\?>|<!\[CDATA\[.*?\]\]>|<(\/?)([\w:-]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/gs, (_, ends, name, empty) => {
    if (ends) assert.equal(open.pop(), name);
    else if (name && !empty) open.push(name);
    return '';
  });
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]|&(?!(lt|gt|amp|quot|apos|#\d+|#x[0-9a-fA-F]+);)/);
}

test('check reports: all formats at once', async (t) => {
  const endpoint = await endpointFor(t, 'github', { flaw: 'parse-throws' });
  const ended = await check(t, endpoint, '--rules', 'robustness/malformed-json,robustness/empty-body,robustness/charset,idempotency/duplicate', ...reportArgs);
  assert.equal(ended.code, 1, told(ended));
  assert.deepEqual(rulesOf(ended.report, 'failed').sort(), ['robustness/empty-body', 'robustness/malformed-json']);
  const all = reports(t);
  assert.deepEqual(JSON.parse(all.json), ended.report);
  checkXml(all.junit);
  assert.match(all.junit, /<testsuites?\b/);
  assert.equal(all.junit.match(/<failure\b/g).length, 2);
  assert.equal(all.junit.match(/<skipped\b/g).length, 1);
  const sarif = JSON.parse(all.sarif);
  assert.equal(sarif.version, '2.1.0');
  assert.deepEqual(sarif.runs[0].results.map((result) => result.ruleId).sort(), ['robustness/empty-body', 'robustness/malformed-json']);
  assert.match(all.tap, /^TAP version 14\n/);
  assert.equal(all.tap.match(/^not ok /gm).length, 2);
  assert.match(all.tap, /^ok .*# SKIP/m);
  assert.match(all.markdown, /robustness\/malformed-json/);
  assert.equal(all.github.match(/^::(error|warning) /gm).length, 2);
  assert.match(all.text, /robustness\/malformed-json/);
  for (const format of kFormats) assert.doesNotMatch(all[format], /\x1b/, `no colour in ${format}`);
}, { seconds: 90 });

test('check reports: for people, on standard output', async (t) => {
  const endpoint = await endpointFor(t, 'github', { flaw: 'parse-throws' });
  const { code, stdout, stderr } = await t.run(...target(endpoint), '--rules', 'robustness/malformed-json,robustness/charset', { env: environment(endpoint) });
  assert.equal(code, 1, stdout + stderr);
  assert.match(stdout, /robustness\/malformed-json/);
  assert.match(stdout, /500/);
  assert.match(stdout, /curl /);
}, { seconds: 90 });

test('check reports: a report that cannot be written is exit code 3', async (t) => {
  const endpoint = await endpointFor(t, 'github');
  const ended = await check(t, endpoint, '--rules', 'robustness/charset', '--report', 'json=no/such/folder/report.json');
  assert.equal(ended.code, 3, told(ended));
  assert.match(ended.stderr, /no\/such\/folder/);
}, { seconds: 60 });

test('check reports: what stands in the baseline does not fail, what is new does', async (t) => {
  const rules = ['--rules', 'robustness/malformed-json,robustness/empty-body,robustness/charset,robustness/large-body'];
  const endpoint = await endpointFor(t, 'github', { flaw: 'parse-throws' });
  const first = await check(t, endpoint, ...rules, '--report', 'json=first.json');
  assert.equal(first.code, 1, told(first));
  const second = await check(t, endpoint, ...rules, '--baseline', 'first.json');
  assert.equal(second.code, 0, told(second));
  assert.ok(second.report.findings.length > 0 && second.report.findings.every((finding) => finding.known));
  const fingerprints = ({ report }) => report.findings.map((finding) => finding.fingerprint).sort();
  assert.deepEqual(fingerprints(second), fingerprints(first), 'fingerprints stay the same');
  const other = await endpointFor(t, 'github', { flaw: 'hundred-kilobytes' });
  const third = await check(t, other, ...rules, '--baseline', 'first.json');
  assert.equal(third.code, 1, told(third));
  assert.equal(findingOf(third.report, 'robustness/large-body').known, false);
}, { seconds: 150 });

test('check reports: --fail-on draws the line', async (t) => {
  const endpoint = await endpointFor(t, 'github', { flaw: 'parse-throws' });
  for (const [severity, code] of [['high', 0], ['medium', 1], ['low', 1], ['never', 0]]) {
    const ended = await check(t, endpoint, '--rules', 'robustness/malformed-json', '--fail-on', severity);
    assert.equal(ended.code, code, `${severity}: ${told(ended)}`);
    assert.deepEqual(rulesOf(ended.report, 'failed'), ['robustness/malformed-json'], 'the report tells all the same');
  }
}, { seconds: 120 });

const shell = (t, line, env = {}) =>
  new Promise((done) => execFile('sh', ['-c', line], { cwd: t.dir, env: { PATH: process.env.PATH, HOME: t.dir, ...env } }, (error, stdout, stderr) => done({ code: error?.code ?? 0, stdout, stderr })));

for (const [flaw, provider, rules] of [
  ['unsigned-allowed', 'slack', 'signature/missing,signature/content-type'],
  ['parse-throws', 'github', 'robustness/malformed-json,robustness/empty-body,robustness/encoding'],
  ['json-only', 'generic', 'signature/content-type'],
  ['nul-in-column', 'generic', 'robustness/control-characters'],
  ['exact-media-type', 'github', 'robustness/charset'],
]) {
  test(`check reports: ${flaw}: curl and command of a finding repeat it`, async (t) => {
    const endpoint = await endpointFor(t, provider, { flaw });
    const ended = await check(t, endpoint, '--rules', rules);
    assert.equal(ended.code, 1, told(ended));
    const finding = ended.report.findings[0];
    assert.ok(finding.curl, 'there is a curl command');
    const curled = await shell(t, finding.curl);
    const status = Number([...curled.stdout.matchAll(/^HTTP\/1\.1 (\d+)/gm)].at(-1)?.[1]);
    const trigger = finding.exchanges.find((exchange) => !/control|plain/.test(exchange.label));
    assert.equal(status, trigger.status, `${finding.curl}\n${curled.stdout}${curled.stderr}`);
    fs.mkdirSync(t.file('bin'));
    fs.symlinkSync(t.program, path.join(t.file('bin'), 'hookctl'));
    const again = await shell(t, `PATH="$PWD/bin:$PATH"; ${finding.command} --json`, environment(endpoint));
    assert.equal(again.code, 1, `${finding.command}\n${again.stderr}`);
    assert.ok(rulesOf(JSON.parse(again.stdout), 'failed').includes(finding.rule), again.stdout.slice(0, 500));
  }, { seconds: 120 });
}

for (const [provider, flaw, groups] of [
  ['standard-webhooks', 'dumps-settings', 'signature,disclosure'],
  ['stripe', 'ignored-result', 'signature,time,disclosure'],
  ['github', 'tells-expected', 'signature,disclosure'],
  ['generic', 'stack-in-answer', 'signature,disclosure,robustness/malformed-json'],
]) {
  test(`check reports: the secret is in none of them (${provider}, ${flaw})`, async (t) => {
    const endpoint = await endpointFor(t, provider, { flaw });
    const hidden = [endpoint.secret, endpoint.secret.replace(/^whsec_/, ''), ...(provider === 'standard-webhooks' ? [Buffer.from(endpoint.secret.slice(6), 'base64').toString()] : [])];
    for (const secret of [['--secret', 'env:HOOK_SECRET'], ['--secret', endpoint.secret]]) {
      const args = ['check', '--to', endpoint.url, '--provider', provider, ...secret, '--rules', groups, '--effects', endpoint.effects, ...reportArgs];
      const { code, stdout, stderr } = await t.run(...args, { env: { ...environment(endpoint), GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: t.file('summary.md') } });
      assert.equal(code, 1, stderr.slice(-1000));
      const all = { stdout, stderr, summary: fs.readFileSync(t.file('summary.md'), 'utf8'), ...reports(t) };
      for (const [where, text] of Object.entries(all)) {
        for (const one of hidden) {
          const at = text.indexOf(one);
          assert.equal(at, -1, `the secret is in ${where}: …${text.slice(Math.max(0, at - 200), at)}`);
        }
      }
    }
  }, { seconds: 150 });
}

test('check reports: on GitHub Actions a line for each finding, and the job summary', async (t) => {
  const endpoint = await endpointFor(t, 'github', { flaw: 'parse-throws' });
  t.file('summary.md', '# what was there\n');
  const ended = await check(t, endpoint, '--rules', 'robustness/malformed-json', { env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: t.file('summary.md') } });
  assert.equal(ended.code, 1, told(ended));
  assert.match(ended.stdout + ended.stderr, /^::(error|warning) .*robustness\/malformed-json/m);
  assert.ok(ended.report, 'with --json standard output is the report alone');
  const summary = fs.readFileSync(t.file('summary.md'), 'utf8');
  assert.match(summary, /^# what was there\n/);
  assert.match(summary, /robustness\/malformed-json/);
}, { seconds: 60 });
