// For the cases about `hookctl check`: endpoints to check (endpoints/checked.mjs) and the check itself.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { until } from './harness.mjs';

export const kChecked = fileURLToPath(new URL('endpoints/checked.mjs', import.meta.url));

// One for each provider, of its form. They must never be seen in what the check writes.
export const secrets = {
  stripe: 'whsec_q7ZrTn3KxWv9LmB2cYd5HsPe8JfUgA4i',
  github: 'tidal-harbour-9f27c1b4e8a3',
  slack: '8f742231b10e8888abcd99yyyzzz85a5',
  'standard-webhooks': `whsec_${Buffer.from('thirty-two bytes of no meaning..').toString('base64')}`,
  generic: 'salt-marsh-lantern-55d0e7',
};

// Starts an endpoint. Gives { provider, secret, url, effects, port, running } for check().
export async function endpointFor(t, provider, { flaw, secret = secrets[provider] } = {}) {
  const running = t.start([kChecked, '--provider', provider, ...(flaw ? ['--flaw', flaw] : [])], { program: process.execPath, env: { ENDPOINT_SECRET: secret } });
  const port = await until(() => {
    if (running.result) throw new Error(`the endpoint ended: ${running.stderr}`);
    return running.stdout.match(/^ready http:\/\/127\.0\.0\.1:(\d+)/)?.[1];
  }, 'the endpoint');
  const origin = `http://127.0.0.1:${port}`;
  return { provider, secret, port: Number(port), running, url: `${origin}/webhook`, effects: `${origin}/__effects`, stats: `${origin}/__stats` };
}

// What the check is told of an endpoint. The secret is in the environment, so that the finding's command can name it.
export const target = ({ url, provider }) => ['check', '--to', url, '--provider', provider, '--secret', 'env:HOOK_SECRET'];
export const environment = ({ secret }) => ({ HOOK_SECRET: secret });

// Runs the check with --json: { code, stdout, stderr, report }; `report` only when one was written.
export async function check(t, endpoint, ...args) {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  const ended = await t.run(...target(endpoint), '--json', ...args, { ...options, env: { ...environment(endpoint), ...options.env } });
  const report = ended.stdout.startsWith('{') ? JSON.parse(ended.stdout) : undefined;
  if (report) assert.equal(report.schema, 'hookctl.report.v1');
  return { ...ended, report };
}

export const rulesOf = (report, verdict) => report.rules.filter((rule) => rule.verdict === verdict).map((rule) => rule.id);
export const findingOf = (report, ...rules) => report.findings.find((finding) => rules.includes(finding.rule));

// What a failed assertion says of a run.
export const told = ({ code, stderr, report, stdout }) =>
  `exit code ${code}\n${stderr.slice(-1500)}\n${report ? report.rules.filter((rule) => rule.verdict !== 'passed').map((rule) => `${rule.verdict} ${rule.id}: ${rule.reason}`).join('\n') : stdout.slice(0, 1500)}`;

export function fetchJson(url) {
  return new Promise((done, failed) => {
    const asked = http.get(url, { agent: false }, (answer) => {
      let text = '';
      answer.on('data', (piece) => (text += piece)).on('end', () => done(JSON.parse(text)));
    });
    asked.on('error', failed);
  });
}

export const isOpen = (port) =>
  new Promise((done) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => done(true)).on('error', () => done(false));
    socket.on('connect', () => socket.destroy());
  });
