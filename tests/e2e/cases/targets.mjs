// Where a target may be: every short form, IPv4, IPv6, localhost, https with a CA of one's own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import tls from 'node:tls';
import { test } from '../harness.mjs';
import { Endpoint, ok } from '../endpoint.mjs';
import { ask, Client, header, MessageReader, post } from '../wire.mjs';

const send = (t, to, ...args) => t.run('send', 'stripe', 'invoice.paid', '--secret', 's', '--to', to, ...args);
const hasIpv6 = Object.values(os.networkInterfaces()).flat().some((one) => one.address === '::1');

test('targets: every way to write one', async (t) => {
  const endpoint = await t.endpoint();
  const { port } = endpoint;
  for (const [to, target, host] of [
    [`${port}`, '/', `localhost:${port}`],
    [`:${port}`, '/', `localhost:${port}`],
    [`:${port}/hooks`, '/hooks', `localhost:${port}`],
    [`${port}/hooks?a=%20b`, '/hooks?a=%20b', `localhost:${port}`],
    [`localhost:${port}/hooks`, '/hooks', `localhost:${port}`],
    [`127.0.0.1:${port}`, '/', `127.0.0.1:${port}`],
    [`http://127.0.0.1:${port}/a//b/../c`, '/a//b/../c', `127.0.0.1:${port}`],
    [`HTTP://LocalHost:${port}?q=1#part`, '/?q=1', `localhost:${port}`],
  ]) {
    const { code, stdout, stderr } = await send(t, to);
    assert.equal(code, 0, `${to}: ${stdout}${stderr}`);
    const got = endpoint.requests.at(-1);
    assert.deepEqual([got.target, header(got, 'host')], [target, host], to);
  }
  for (const wrong of ['ftp://x/', 'http://', 'localhost:99999', '::1:3000', 'http://user:pw@host/', 'http://a b/', '']) {
    const { code, stderr } = await send(t, wrong);
    assert.equal(code, 2, `${wrong}: ${stderr}`);
    assert.match(stderr, /is not a target URL/);
  }
});

for (const [name, where, names] of [
  ['127.0.0.1 alone', '127.0.0.1', ['127.0.0.1', 'localhost']],
  ['::1 alone', '::1', ['[::1]', 'localhost']],
]) {
  test(`targets: an endpoint on ${name}`, async (t) => {
    if (where === '::1' && !hasIpv6) return t.skip('this machine has no ::1');
    const endpoint = await t.endpoint(undefined, { host: where });
    for (const host of names) {
      const { code, stdout } = await send(t, `http://${host}:${endpoint.port}/x`);
      assert.equal(code, 0, stdout);
      assert.equal(header(endpoint.requests.at(-1), 'host'), `${host}:${endpoint.port}`);
      const listener = await t.listen('--forward-to', `${host}:${endpoint.port}`);
      assert.equal((await ask(listener.port, post())).status, 200);
    }
  });
}

// --- https -------------------------------------------------------------------------------------------------------------------------

const openssl = (t, ...args) => execFileSync('openssl', args, { cwd: t.dir, stdio: ['ignore', 'pipe', 'pipe'] });

// Makes a CA (ca.pem) and a certificate of it for these names; gives { key, cert }.
function certify(t, names) {
  openssl(t, 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=hookctl test CA');
  openssl(t, 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=endpoint');
  t.file('names.cnf', `subjectAltName=${names}\n`);
  openssl(t, 'x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'cert.pem', '-days', '2', '-extfile', 'names.cnf');
  return { key: fs.readFileSync(t.file('key.pem')), cert: fs.readFileSync(t.file('cert.pem')) };
}

// An https endpoint; `requests`, `connections`, `port` as with Endpoint.
async function secureEndpoint(t, names, answer = () => ok()) {
  const endpoint = new Endpoint(answer);
  endpoint.server = tls.createServer({ ...certify(t, names), ALPNProtocols: ['http/1.1'] }, (socket) => endpoint.serve(socket));
  endpoint.server.on('tlsClientError', () => {});
  await endpoint.start();
  t.cleanup(() => endpoint.stop());
  return endpoint;
}

test('https: an own CA is accepted with --cacert, by name and by address', async (t) => {
  const endpoint = await secureEndpoint(t, 'DNS:localhost,IP:127.0.0.1');
  for (const host of ['localhost', '127.0.0.1']) {
    const { code, stdout, stderr } = await send(t, `https://${host}:${endpoint.port}/hook`, '--cacert', 'ca.pem');
    assert.equal(code, 0, stdout + stderr);
  }
  assert.equal(endpoint.requests[0].first, 'POST /hook HTTP/1.1');
});

test('https: without it refused, exit code 3, with words that help', async (t) => {
  const endpoint = await secureEndpoint(t, 'DNS:localhost');
  const { code, stdout, stderr } = await send(t, `https://localhost:${endpoint.port}`);
  assert.equal(code, 3);
  assert.match(stdout, /TLS handshake with localhost failed: .*certificate/);
  assert.match(stdout + stderr, /--cacert/);
  assert.equal(endpoint.requests.length, 0);
  assert.equal((await send(t, `https://localhost:${endpoint.port}`, '--cacert', 'nowhere.pem')).code, 3);
  assert.equal((await send(t, `https://localhost:${endpoint.port}`, '--cacert', t.file('empty.pem', ''))).code, 3);
});

test('https: a certificate for another name is refused, --insecure takes any', async (t) => {
  const endpoint = await secureEndpoint(t, 'DNS:other.example');
  for (const host of ['localhost', '127.0.0.1']) {
    const { code, stdout } = await send(t, `https://${host}:${endpoint.port}`, '--cacert', 'ca.pem');
    assert.equal(code, 3);
    assert.match(stdout, /not for this name/);
  }
  assert.equal(endpoint.requests.length, 0);
  assert.equal((await send(t, `https://localhost:${endpoint.port}`, '--insecure')).code, 0);
});

test('https: to a server that speaks plain http, and the other way round', async (t) => {
  const plain = http.createServer();
  await new Promise((done) => plain.listen(0, '127.0.0.1', done));
  t.cleanup(() => new Promise((done) => plain.close(done)));
  const wrong = await send(t, `https://localhost:${plain.address().port}`);
  assert.equal(wrong.code, 3);
  assert.match(wrong.stdout, /does not speak TLS/);
  const secure = await secureEndpoint(t, 'DNS:localhost');
  assert.notEqual((await send(t, `http://localhost:${secure.port}`)).code, 0);
});

test('https: a listener forwards over kept-alive connections; 502 when it does not trust', async (t) => {
  const large = Buffer.alloc(3_000_000, 'tls ');
  const endpoint = await secureEndpoint(t, 'DNS:localhost', (message) => ok(message.payload));
  const listener = await t.listen('--forward-to', `https://localhost:${endpoint.port}`, '--cacert', 'ca.pem');
  const client = new Client(listener.port);
  for (let i = 0; i < 20; i += 1) assert.equal((await client.send(post(`{"n":${i}}`)).answer()).body.toString(), `{"n":${i}}`);
  assert.ok((await client.send(post(large)).answer()).body.equals(large));
  client.destroy();
  assert.equal(endpoint.connections, 1);
  const distrusting = await t.listen('--forward-to', `https://localhost:${endpoint.port}`);
  const refused = await ask(distrusting.port, post());
  assert.equal(refused.status, 502);
  assert.equal(JSON.parse(refused.body.toString()).error, 'endpoint_tls');
});

test('https: an answer until close needs no close_notify to be whole', async (t) => {
  const endpoint = await secureEndpoint(t, 'DNS:localhost');
  endpoint.serve = (socket) => {
    const reader = new MessageReader();
    socket.on('error', () => {}).on('data', (bytes) => {
      reader.add(bytes);
      if (!reader.next()) return;
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it', () => socket.destroy());
    });
  };
  const { code, stdout } = await send(t, `https://localhost:${endpoint.port}`, '--cacert', 'ca.pem');
  assert.equal(code, 0, stdout);
});
