// HTTP/1.1 on raw sockets, in both directions: nothing is added, decoded or put in order, so that bytes can be compared.
import net from 'node:net';

// Bytes that grow at the end and are taken from the front.
class Bytes {
  constructor() {
    this.room = Buffer.alloc(64 * 1024);
    this.begin = 0;
    this.end = 0;
  }
  add(bytes) {
    if (this.end + bytes.length > this.room.length) {
      const bigger = Buffer.alloc(Math.max(this.room.length, 2 * (this.end - this.begin + bytes.length)));
      this.room.copy(bigger, 0, this.begin, this.end);
      this.room = bigger;
      this.end -= this.begin;
      this.begin = 0;
    }
    bytes.copy(this.room, this.end);
    this.end += bytes.length;
  }
  get view() {
    return this.room.subarray(this.begin, this.end);
  }
  take(count) {
    const taken = Buffer.from(this.room.subarray(this.begin, this.begin + count));
    this.begin += count;
    return taken;
  }
}

// Cuts a stream of bytes into messages { head, body, payload, lines, first, status, method, target }. `body` is what was on the wire,
// `payload` has no chunk framing, `head` ends with its empty line.
export class MessageReader {
  // `methods`: of the requests that the answers are to, in their order; undefined when requests are read.
  constructor(methods) {
    this.bytes = new Bytes();
    this.methods = methods;
    this.message = undefined;
  }
  add(bytes) {
    this.bytes.add(bytes);
  }
  // The next whole message, or undefined. `ended`: nothing follows.
  next(ended = false) {
    if (!this.message) {
      const end = this.bytes.view.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      this.message = this.begin(this.bytes.take(end + 4));
    }
    const message = this.message;
    const done = message.framing === 'chunked' ? this.readChunks(message) : this.readPlain(message, ended);
    if (!done) return undefined;
    this.message = undefined;
    return message;
  }
  begin(head) {
    const lines = head.toString('latin1').slice(0, -4).split('\r\n');
    const words = lines[0].split(' ');
    const message = { head, first: lines[0], lines: lines.slice(1), body: Buffer.alloc(0), payload: Buffer.alloc(0), at: 0, parts: [], left: 0, framing: 'length' };
    const length = header(message, 'content-length');
    if (this.methods) {
      message.status = Number(words[1]);
      const method = message.status < 200 ? undefined : this.methods.shift();
      const empty = method === 'HEAD' || message.status < 200 || [204, 304].includes(message.status);
      if (!empty && length === undefined) message.framing = 'close';
      if (empty) return message;
    } else {
      [message.method, message.target] = words;
    }
    if (/chunked/i.test(header(message, 'transfer-encoding') ?? '')) message.framing = 'chunked';
    message.left = Number(length ?? 0);
    return message;
  }
  readPlain(message, ended) {
    const have = this.bytes.view.length;
    if (message.framing === 'close' ? !ended : have < message.left) return false;
    message.body = message.payload = this.bytes.take(message.framing === 'close' ? have : message.left);
    return true;
  }
  readChunks(message) {
    const view = this.bytes.view;
    while (true) {
      const line = view.indexOf('\r\n', message.at);
      if (line < 0) return false;
      const size = parseInt(view.toString('latin1', message.at, line), 16);
      if (size === 0) return this.readTrailers(message, line);
      if (view.length < line + 2 + size + 2) return false;
      message.parts.push(Buffer.from(view.subarray(line + 2, line + 2 + size)));
      message.at = line + 2 + size + 2;
    }
  }
  readTrailers(message, lastSize) {
    const end = this.bytes.view.indexOf('\r\n\r\n', lastSize);
    if (end < 0) return false;
    message.body = this.bytes.take(end + 4);
    message.payload = Buffer.concat(message.parts);
    return true;
  }
}

// The first value of a field, or undefined.
export function header(message, name) {
  const line = message.lines.find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}

export const latin1 = (text) => Buffer.from(text, 'latin1');
export const chunk = (data, extension = '') => Buffer.concat([latin1(`${data.length.toString(16)}${extension}\r\n`), Buffer.from(data), latin1('\r\n')]);

// A request from its lines (without line ends) and a body.
export const request = (lines, body = '') => Buffer.concat([latin1(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);

// A plain POST, for where its form does not matter.
export const post = (body = '{}', target = '/hook', ...lines) => request([`POST ${target} HTTP/1.1`, 'Host: sender', ...lines, `Content-Length: ${Buffer.byteLength(body)}`], body);

// A raw connection to a listener.
export class Client {
  constructor(port, { host = '127.0.0.1', methods = [] } = {}) {
    this.methods = methods;
    this.reader = new MessageReader(methods);
    this.answers = [];
    this.ended = false;
    this.bytes = 0;
    this.waiting = [];
    this.socket = net.connect({ port, host, allowHalfOpen: true });
    this.socket.setNoDelay(true);
    this.connected = new Promise((done, failed) => this.socket.once('connect', done).once('error', failed));
    this.connected.catch(() => {});
    this.socket.on('data', (bytes) => {
      this.bytes += bytes.length;
      this.reader.add(bytes);
      this.settle();
    });
    const end = (error) => {
      this.error ??= error || undefined;
      this.ended = true;
      this.settle();
    };
    this.socket.on('end', () => end()).on('close', () => end()).on('error', end);
  }
  settle() {
    for (let answer; (answer = this.reader.next(this.ended)); ) this.answers.push(answer);
    this.waiting = this.waiting.filter((check) => !check());
  }
  send(...pieces) {
    for (const bytes of pieces) this.socket.write(bytes);
    return this;
  }
  half() {
    this.socket.end();
    return this;
  }
  when(condition) {
    return new Promise((done, failed) => {
      const check = () => {
        if (condition()) done();
        else if (this.ended) failed(new Error(`the connection ended with ${this.answers.length} answers${this.error ? ` (${this.error.code})` : ''}`));
        else return false;
        return true;
      };
      if (!check()) this.waiting.push(check);
    });
  }
  // The next answer that was not yet asked for.
  async answer(method) {
    if (method) this.methods.push(method);
    await this.when(() => this.answers.length > 0);
    return this.answers.shift();
  }
  async closed() {
    await this.when(() => this.ended);
    this.destroy();
  }
  destroy() {
    this.socket.destroy();
  }
  reset() {
    this.socket.resetAndDestroy();
  }
}

// Sends bytes on a connection of their own and gives the answer.
export async function ask(port, bytes, { method, half = false, host } = {}) {
  const client = new Client(port, { host, methods: method ? [method] : [] });
  try {
    client.send(bytes);
    if (half) client.half();
    return await client.answer();
  } finally {
    client.destroy();
  }
}
