// Runs the hookctl binary under test, away from the settings of whoever runs the tests.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const environment = { PATH: process.env.PATH, HOME: process.cwd(), NO_COLOR: '1' };
const kLimitMs = 20_000;
let files = 0;

// A file of the scratch directory with these bytes; its path.
export function file(bytes) {
  const name = path.resolve(`file-${++files}`);
  fs.writeFileSync(name, bytes);
  return name;
}

export class Hookctl {
  constructor(binary) {
    this.binary = binary;
  }

  #start(words) {
    const child = spawn(this.binary, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const got = { child, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (got.out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (got.err += text));
    const limit = setTimeout(() => child.kill('SIGKILL'), kLimitMs);
    got.ended = new Promise((resolve) =>
      child.on('close', (code, signal) => {
        clearTimeout(limit);
        resolve({ code: code ?? signal, out: got.out, err: got.err });
      }));
    return got;
  }

  // -> {code, out, err}
  run(...words) {
    return this.#start(words).ended;
  }

  // A listener on a free port. -> {origin, records(): its JSON lines so far, stop(): its exit code}
  async listen(...words) {
    const ready = path.resolve(`ready-${++files}`);
    const journal = path.resolve(`journal-${files}.db`);
    const got = this.#start(['listen', '--port', '0', '--ready-file', ready, '--journal', journal, '--json', ...words]);
    let ended = false;
    got.ended.then(() => (ended = true));
    while (!fs.existsSync(ready) || fs.readFileSync(ready, 'utf8') === '') {
      if (ended) throw new Error(`listen ended before it was ready: ${got.err}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return {
      origin: `http://${fs.readFileSync(ready, 'utf8').trim()}`,
      records: () => got.out.split('\n').filter(Boolean).map((line) => JSON.parse(line)),
      stop: async () => {
        got.child.kill('SIGTERM');
        return (await got.ended).code;
      },
    };
  }
}
