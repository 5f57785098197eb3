// A webhook endpoint on raw sockets: it records the exact bytes of what it gets and answers with exact bytes.
import net from 'node:net';
import { latin1, MessageReader } from './wire.mjs';
import { until } from './harness.mjs';

export const ok = (body = 'ok', ...lines) => Buffer.concat([latin1(['HTTP/1.1 200 OK', ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', ''].join('\r\n')), Buffer.from(body)]);

export class Endpoint {
  // `answer(request, socket, endpoint)` gives the bytes to answer with, or undefined when it sees to the socket itself.
  constructor(answer = () => ok(), { host = '127.0.0.1', port = 0 } = {}) {
    this.answer = answer;
    this.where = { host, port };
    this.requests = [];
    this.connections = 0;
    this.sockets = new Set();
    this.server = net.createServer((socket) => this.serve(socket));
  }
  async start() {
    await new Promise((done, failed) => this.server.once('error', failed).listen({ ...this.where, backlog: 1024 }, done));
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
  }
  serve(socket) {
    this.connections += 1;
    const connection = this.connections;
    const reader = new MessageReader();
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => {});
    socket.on('data', async (bytes) => {
      reader.add(bytes);
      for (let message; (message = reader.next()); ) {
        this.requests.push({ ...message, connection });
        const answer = await this.answer(message, socket, this);
        if (answer && !socket.destroyed) socket.write(answer);
      }
    });
  }
  // Waits for the request of that number, from 0.
  request(number = 0) {
    return until(() => this.requests[number], `request ${number} at the endpoint`);
  }
  stop() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((done) => this.server.close(() => done()));
  }
}

// A port of 127.0.0.1 on which nobody listens.
export async function deadPort() {
  const endpoint = new Endpoint();
  await endpoint.start();
  await endpoint.stop();
  return endpoint.port;
}
