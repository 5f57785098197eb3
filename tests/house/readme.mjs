// Executes every ```console block of README.md against a real endpoint and compares what comes out. In the expected text '…' stands for
// anything within a line, a line of '…' alone for any number of lines, and [exit N] for the exit code. A block that starts `hookctl listen`
// stays in the background. A ```diff block is applied to the shop of apps/shop, which the commands find as server.mjs. Ports 3000, 4400 and
// 8080 (the shop's) are replaced by free ones, in commands and in output.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const hookctl = path.resolve(process.argv[2]);
const readme = fs.readFileSync(path.join(path.dirname(process.argv[1]), '../../README.md'), 'utf8');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hookctl-readme-'));
const background = [];
let passed = 0;
let failed = 0;

const endpoint = http.createServer((request, response) => { request.resume(); request.on('end', () => response.end('ok\n')); });
await new Promise((ready) => endpoint.listen(0, '127.0.0.1', ready));
const spare = http.createServer();
await new Promise((ready) => spare.listen(0, '127.0.0.1', ready));
const ports = { 3000: String(endpoint.address().port), 4400: '', 8080: String(spare.address().port) };
await new Promise((done) => spare.close(done));

const shop = path.join(path.dirname(process.argv[1]), '../../apps/shop');
fs.copyFileSync(path.join(shop, 'server.mjs'), path.join(folder, 'server.mjs'));
fs.symlinkSync(path.resolve(shop, 'node_modules'), path.join(folder, 'node_modules'));

const environment = { ...process.env, STRIPE_SECRET: 'whsec_readme', SLACK_SECRET: 'slack_readme', GITHUB_SECRET: 'github_readme', NO_COLOR: '1', XDG_CONFIG_HOME: folder,
  PATH: `${path.dirname(hookctl)}:${path.dirname(process.execPath)}:${process.env.PATH}`, PORT: ports[8080] };
const real = (text) => text.replace(/\b3000\b/g, ports[3000]).replace(/\b4400\b/g, ports[4400] || '4400').replace(/\b8080\b/g, ports[8080]);

// [{command, expected: [lines], code}] of one block
function steps(block) {
  const list = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('$ ')) list.push({ command: line.slice(2), expected: [], code: 0 });
    else if (/^\[exit \d+\]$/.test(line)) list.at(-1).code = Number(line.slice(6, -1));
    else list.at(-1).expected.push(line);
  }
  return list;
}

function lineMatches(actual, expected) {
  const pattern = expected.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^${pattern}$`).test(actual);
}

function matches(actual, expected) {
  if (expected.length === 0) return actual.length === 0;
  if (expected[0] === '…') return matches(actual, expected.slice(1)) || (actual.length > 0 && matches(actual.slice(1), expected));
  return actual.length > 0 && lineMatches(actual[0], expected[0]) && matches(actual.slice(1), expected.slice(1));
}

function judge(command, text, expected, code, wantedCode) {
  const actual = text.split('\n').filter((line, at, all) => line !== '' || at < all.length - 1);
  if (matches(actual, expected.map(real)) && code === wantedCode) { passed += 1; console.log(`ok   ${command}`); return; }
  failed += 1;
  console.log(`FAIL ${command}\n  exit ${code}, expected ${wantedCode}\n  expected:\n${expected.map((l) => '    ' + real(l)).join('\n')}\n  got:\n${actual.map((l) => '    ' + l).join('\n')}`);
}

async function runInBackground(step) {
  const ready = path.join(folder, 'ready');
  const child = spawn('bash', ['-c', `exec ${real(step.command)} --port 0 --ready-file '${ready}'`], { cwd: folder, env: environment });
  background.push(child);
  let text = '';
  child.stdout.on('data', (data) => { text += data; });
  for (let i = 0; i < 200 && !fs.existsSync(ready); i += 1) await new Promise((go) => setTimeout(go, 25));
  ports[4400] = fs.readFileSync(ready, 'utf8').trim().split(':').at(-1);
  judge(step.command, text, step.expected, 0, step.code);
}

async function run(step) {
  const child = spawn('bash', ['-c', real(step.command)], { cwd: folder, env: environment });
  let text = '';
  child.stdout.on('data', (data) => { text += data; });
  const code = await new Promise((done) => child.on('close', done));
  judge(step.command, text, step.expected, code, step.code);
}

// Lines with '-' go, and those with '+' come in their place.
function mend(block) {
  const file = path.join(folder, 'server.mjs');
  const before = fs.readFileSync(file, 'utf8');
  const lines = (mark) => block.split('\n').filter((line) => line[0] === mark).map((line) => line.slice(1)).join('\n');
  if (!before.includes(lines('-'))) throw new Error(`README.md takes lines from apps/shop/server.mjs that are not there:\n${lines('-')}`);
  fs.writeFileSync(file, before.replace(lines('-'), () => lines('+')));
}

for (const [, kind, block] of readme.matchAll(/```(console|diff)\n([\s\S]*?)\n```/g)) {
  if (kind === 'diff') mend(block);
  else for (const step of steps(block)) await (step.command.startsWith('hookctl listen') ? runInBackground(step) : run(step));
}
// The examples in every command's help: each must run, and end with 0 or 1 (a listener ends when it is told to).
async function runExample(command) {
  const listens = command.startsWith('hookctl listen');
  const line = listens && !command.includes('--port') ? `${real(command)} --port 0` : real(command);
  const child = spawn('bash', ['-c', listens ? `exec ${line}` : line], { cwd: folder, env: environment });
  let complaint = '';
  child.stdin.on('error', () => {});  // most examples read nothing, and may be gone by now
  child.stdin.end('{"id":"evt_1","type":"invoice.paid"}');
  child.stderr.on('data', (data) => { complaint += data; });
  if (listens) child.stdout.once('data', () => child.kill('SIGTERM'));
  else child.stdout.resume();
  const code = await new Promise((done) => child.on('close', done));
  const good = code === 0 || (code === 1 && !listens);
  if (good) passed += 1; else failed += 1;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${command}${good ? '' : `\n  exit ${code}: ${complaint}`}`);
}

fs.writeFileSync(path.join(folder, 'event.json'), '{"action":"opened"}');
const tree = spawnSync(hookctl, ['help', '--json'], { encoding: 'utf8' });
for (const command of JSON.parse(tree.stdout).commands) for (const example of command.examples) await runExample(example);

for (const child of background) { child.kill('SIGTERM'); await new Promise((done) => child.on('close', done)); }
endpoint.close();
fs.rmSync(folder, { recursive: true });
console.log(`README: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
