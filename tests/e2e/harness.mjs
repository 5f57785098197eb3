// What a case works with: hookctl as a process, listeners that end with the case, waiting for a condition.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Endpoint } from './endpoint.mjs';

export const cases = [];

// Registers a case. `seconds` is the most it may take on a busy machine; `alone`: no other case runs at the same time.
export function test(name, run, { seconds = 40, alone = false } = {}) {
  cases.push({ name, run, seconds, alone });
}

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Waits until `condition` gives something true, and gives it; fails when it never does.
export async function until(condition, what, ms = 15000) {
  for (const end = Date.now() + ms; ; await sleep(5)) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
  }
}

// A running hookctl. `exited` gives { code, signal }.
class Program {
  constructor(program, args, { cwd, env, input, user }) {
    this.stdout = '';
    this.stderr = '';
    this.bytes = [];
    this.child = spawn(program, args, { cwd, env, uid: user, gid: user, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    children.add(this.child);
    if (input !== undefined) this.child.stdin.end(input);
    this.child.stdout.on('data', (bytes) => {
      this.bytes.push(bytes);
      if (this.bytes.length < 4000) this.stdout += bytes;
    });
    this.child.stderr.on('data', (bytes) => (this.stderr += bytes));
    this.exited = new Promise((done, failed) => {
      this.child.on('error', failed);
      this.child.on('close', (code, signal) => {
        children.delete(this.child);
        this.result = { code, signal };
        done(this.result);
      });
    });
  }
  get pid() {
    return this.child.pid;
  }
  kill(signal) {
    this.child.kill(signal);
  }
  // Ends it as people do, and gives how it ended.
  stop(signal = 'SIGTERM') {
    this.kill(signal);
    return this.exited;
  }
  records() {
    return this.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }
}

// One case: a folder, and everything that it started.
export class Case {
  constructor(program, folder) {
    this.program = program;
    this.dir = folder;
    this.journal = path.join(folder, 'kept', 'journal.db');
    this.cleanups = [];
    this.skipped = [];
    this.listeners = 0;
    fs.mkdirSync(folder);
  }
  // Says that something cannot be tried on this machine; the rest of the case counts.
  skip(why) {
    this.skipped.push(why);
  }
  cleanup(run) {
    this.cleanups.push(run);
  }
  async end() {
    for (const run of this.cleanups.reverse()) await run();
  }
  file(name, content) {
    const place = path.join(this.dir, name);
    if (content !== undefined) fs.writeFileSync(place, content);
    return place;
  }
  // Starts hookctl, or another program; `setup` is what a shell does first, such as 'ulimit -n 64'.
  start(args, { program = this.program, setup, ...options } = {}) {
    const env = { PATH: process.env.PATH, HOME: this.dir, NO_COLOR: '1', ...options.env };
    const shell = setup && ['-c', `${setup}; exec "$0" "$@"`, program];
    const running = new Program(shell ? 'sh' : program, shell ? [...shell, ...args] : args, { cwd: this.dir, ...options, env });
    this.cleanup(() => (running.result ? undefined : running.stop('SIGKILL')));
    return running;
  }
  // Runs hookctl to its end: { code, signal, stdout, stderr, bytes }.
  async run(...args) {
    const options = typeof args.at(-1) === 'object' ? args.pop() : {};
    const running = this.start(args.map(String), options);
    const { code, signal } = await running.exited;
    return { code, signal, stdout: running.stdout, stderr: running.stderr, bytes: Buffer.concat(running.bytes), records: () => running.records() };
  }
  // Starts `listen` on a free port and waits until it is ready. Gives the Program with its `port`.
  async listen(...args) {
    const options = typeof args.at(-1) === 'object' ? args.pop() : {};
    const ready = this.file(`ready-${(this.listeners += 1)}`);
    const own = ['listen', '--port', '0', '--ready-file', ready, '--journal', options.journal ?? this.journal];
    const running = this.start([...own, ...args.map(String)], options);
    await until(() => {
      if (running.result) throw new Error(`listen ended with ${running.result.code}: ${running.stderr}`);
      return fs.existsSync(ready);
    }, 'the ready file');
    running.address = fs.readFileSync(ready, 'utf8').trim();
    running.port = Number(running.address.split(':').at(-1));
    return running;
  }
  // A recording endpoint; see endpoint.mjs.
  async endpoint(answer, options) {
    const endpoint = new Endpoint(answer, options);
    await endpoint.start();
    this.cleanup(() => endpoint.stop());
    return endpoint;
  }
  // What the journal holds, the newest last.
  async kept(...args) {
    const { code, stderr, records, bytes } = await this.run('requests', '--json', '--limit', 0, '--journal', this.journal, ...args);
    if (code !== 0) throw new Error(`requests ended with ${code}: ${stderr}`);
    return bytes.length < 1e6 ? records() : bytes.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }
  async show(id, ...args) {
    return this.run('requests', 'show', id, '--journal', this.journal, ...args);
  }
}

export async function runCase({ name, run, seconds }, program, folder) {
  const one = new Case(program, path.join(folder, String(cases.findIndex((other) => other.name === name))));
  const begun = Date.now();
  const stop = new AbortController();
  const late = new Promise((_, failed) => {
    const timer = setTimeout(() => failed(new Error(`not done after ${seconds} s`)), seconds * 1000);
    stop.signal.onabort = () => clearTimeout(timer);
  });
  let problem;
  try {
    await Promise.race([run(one), late]);
  } catch (error) {
    problem = error;
  }
  stop.abort();
  try {
    await one.end();
  } catch (error) {
    problem ??= error;
  }
  const took = ((Date.now() - begun) / 1000).toFixed(1);
  console.log(`${problem ? 'FAIL' : 'ok  '} ${name} (${took} s)${one.skipped.map((why) => `, not tried: ${why}`)}`);
  if (problem) console.log(String(problem.stack ?? problem).slice(0, 3000).replace(/^/gm, '       '));
  return !problem;
}
