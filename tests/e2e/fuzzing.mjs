// For the cases about `hookctl fuzz`: endpoints to search (endpoints/fuzzed.mjs) and the search itself.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from './harness.mjs';
import { deadPort } from './endpoint.mjs';
import { environment, secrets } from './checking.mjs';

const kFuzzed = fileURLToPath(new URL('endpoints/fuzzed.mjs', import.meta.url));

// An endpoint, sound or with a flaw until mend() is called: { provider, secret, url, effects, stats, port, mend }. With `spawn` it is for
// hookctl to start (`args`), as the child of a script; otherwise it runs.
export async function fuzzedEndpoint(t, provider, { flaw, spawn = false, secret = secrets[provider] } = {}) {
  const mended = t.file('mended');
  const options = ['--provider', provider, '--mended', mended, ...(flaw ? ['--flaw', flaw] : [])];
  const endpoint = { provider, secret, args: [], env: { ENDPOINT_SECRET: secret }, mend: () => fs.writeFileSync(mended, '') };
  if (spawn) {
    endpoint.port = await deadPort();
    t.file('serve.sh', `"${process.execPath}" "${kFuzzed}" ${options.join(' ')} --port ${endpoint.port} &\nwait $!\n`);
    endpoint.args = ['--spawn', 'sh serve.sh'];
  } else {
    endpoint.running = t.start([kFuzzed, ...options], { program: process.execPath, env: endpoint.env });
    endpoint.port = await until(() => {
      if (endpoint.running.result) throw new Error(`the endpoint ended: ${endpoint.running.stderr}`);
      return endpoint.running.stdout.match(/^ready http:\/\/127\.0\.0\.1:(\d+)/)?.[1];
    }, 'the endpoint');
  }
  const origin = `http://127.0.0.1:${endpoint.port}`;
  return Object.assign(endpoint, { url: `${origin}/webhook`, effects: `${origin}/__effects`, stats: `${origin}/__stats` });
}

export const fuzzArgs = ({ url, provider, args = [] }) => ['fuzz', '--to', url, '--provider', provider, '--secret', 'env:HOOK_SECRET', ...args];

// Runs hookctl with --json against that endpoint: { code, stdout, stderr, report, seconds }; `report` only when one was written.
export async function ran(t, endpoint, args, options = {}) {
  const begun = Date.now();
  const ended = await t.run(...args, '--json', { ...options, env: { ...environment(endpoint), ...endpoint.env, ...options.env } });
  const report = ended.stdout.startsWith('{') ? JSON.parse(ended.stdout) : undefined;
  return { ...ended, report, seconds: (Date.now() - begun) / 1000 };
}

// Runs the search. The last argument may be options of ran().
export async function fuzz(t, endpoint, ...args) {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  const ended = await ran(t, endpoint, [...fuzzArgs(endpoint), ...args], options);
  if (ended.report) assert.equal(ended.report.schema, 'hookctl.report.v1');
  return ended;
}

// What is kept of earlier runs.
export async function kept(t, ...args) {
  const { code, stderr, records } = await t.run('findings', '--json', ...args);
  assert.equal(code, 0, stderr);
  return records();
}
