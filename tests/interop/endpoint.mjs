// An endpoint that believes only the SDK, and how it is spoken to.
import http from 'node:http';

// 200 for what the SDK accepts, 401 for the rest. `requests` keeps what came; `origin` is how the sender knows it (for signed URLs).
export class Endpoint {
  constructor(sdk, keys) {
    this.requests = [];
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      let accepted = false;
      let why = '';
      try {
        accepted = (await sdk.verify({ ...keys, url: this.origin + request.url, headers: request.headers, body })) === true;
      } catch (error) {
        why = String(error?.message ?? error).slice(0, 200);
      }
      this.requests.push({ accepted, why, body, rawHeaders: request.rawHeaders, url: request.url });
      response.writeHead(accepted ? 200 : 401).end(accepted ? 'thank you' : `bad signature ${why}`);
    });
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.address = this.origin = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  // What came since the last call.
  take() {
    return this.requests.splice(0);
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// Sends exactly these headers (an object, or a flat list) and bytes. -> status
export function post(url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject).end(body);
  });
}

// The header lines but for those that belong to one connection.
export function endToEnd(raw) {
  const lines = [];
  for (let i = 0; i < raw.length; i += 2) if (!/^(host|connection|keep-alive)$/i.test(raw[i])) lines.push(`${raw[i]}: ${raw[i + 1]}`);
  return lines.join('\n');
}
