// The endpoint's own answer goes back to the sender: the same bytes but for what belongs to one connection.
import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import { test } from '../harness.mjs';
import { chunk, Client, latin1, post, request } from '../wire.mjs';

const lines = (...all) => latin1(`${all.join('\r\n')}\r\n\r\n`);

// `pieces`: what the endpoint writes, one after the other. `expected`: what the sender gets, the same when not given.
function relayed(name, pieces, { expected = Buffer.concat(pieces), method = 'POST', close = false, version = '1.1' } = {}) {
  test(`answers: ${name}`, async (t) => {
    const endpoint = await t.endpoint(async (message, socket) => {
      for (const bytes of pieces) {
        socket.write(bytes);
        await new Promise((done) => setTimeout(done, 5));
      }
      if (close) socket.end();
    });
    const listener = await t.listen('--forward-to', endpoint.port);
    const client = new Client(listener.port, { methods: [method] });
    client.send(method === 'POST' ? request([`POST /hook HTTP/${version}`, 'Host: s', 'Content-Length: 2'], '{}') : request([`${method} /hook HTTP/${version}`, 'Host: s']));
    const answer = await client.answer();
    assert.equal(Buffer.concat([answer.head, answer.body]).toString('latin1'), expected.toString('latin1'));
    if (version === '1.1') {  // and the connection serves on
      client.send(request(['HEAD /again HTTP/1.1', 'Host: s']));
      assert.equal((await client.answer('HEAD')).status, answer.status);
    }
    client.destroy();
  });
}

relayed('repeated Set-Cookie, order and spelling', [
  lines('HTTP/1.1 200 OK', 'set-cookie: a=1', 'X-B: 2', 'Set-Cookie: b=2; Path=/', 'SET-COOKIE: a=1', 'X-Empty:', 'X-Latin: \xe9', 'content-length: 2'),
  Buffer.from('ok'),
]);
relayed('an odd reason phrase', [lines('HTTP/1.1 299 Rather  Fine, \xe9 (really)', 'Content-Length: 0')]);
relayed('an empty reason phrase', [lines('HTTP/1.1 200 ', 'Content-Length: 0')]);
relayed('a status without a name', [lines('HTTP/1.1 599 What', 'Content-Length: 1'), Buffer.from('x')]);
relayed('500 with a body', [lines('HTTP/1.1 500 Internal Server Error', 'Content-Type: text/plain', 'Content-Length: 9'), Buffer.from('traceback')]);
relayed('a redirect is not followed', [lines('HTTP/1.1 302 Found', 'Location: http://elsewhere/', 'Content-Length: 0')]);
relayed('chunked with extensions and trailers', [
  lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Trailer: X-Sum'),
  chunk('half ', ';a=b'),
  chunk(Buffer.from([0, 1, 255])),
  latin1('0\r\nX-Sum: 7\r\n\r\n'),
]);
relayed('chunked to an HTTP/1.0 sender', [lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'X-A: 1'), chunk('one '), chunk('two'), latin1('0\r\n\r\n')], {
  version: '1.0',
  expected: Buffer.concat([lines('HTTP/1.1 200 OK', 'X-A: 1', 'Content-Length: 7', 'Connection: close'), Buffer.from('one two')]),
});
relayed('until close', [lines('HTTP/1.1 200 OK', 'Connection: close', 'X-A: 1'), Buffer.from('all '), Buffer.from('there is')], {
  close: true,
  expected: Buffer.concat([lines('HTTP/1.1 200 OK', 'X-A: 1', 'Content-Length: 12'), Buffer.from('all there is')]),
});
relayed('HTTP/1.0 until close', [lines('HTTP/1.0 200 OK', 'Server: old'), Buffer.from('old')], {
  close: true,
  expected: Buffer.concat([lines('HTTP/1.1 200 OK', 'Server: old', 'Content-Length: 3'), Buffer.from('old')]),
});
relayed('204', [lines('HTTP/1.1 204 No Content', 'X-A: 1')]);
relayed('304', [lines('HTTP/1.1 304 Not Modified', 'ETag: "x"', 'Content-Length: 12')]);
relayed('HEAD with a length and no body', [lines('HTTP/1.1 200 OK', 'Content-Length: 1234', 'X-A: 1')], { method: 'HEAD' });
relayed('HEAD with chunks announced', [lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')], { method: 'HEAD' });
relayed('gzip', [lines('HTTP/1.1 200 OK', 'Content-Encoding: gzip', 'Content-Length: 24'), zlib.gzipSync('gzip').subarray(0, 24)]);
relayed('informational answers before it', [lines('HTTP/1.1 100 Continue'), lines('HTTP/1.1 103 Early Hints', 'Link: </x>'), lines('HTTP/1.1 201 Created', 'Content-Length: 0')], {
  expected: lines('HTTP/1.1 201 Created', 'Content-Length: 0'),
});
relayed('connection fields stay behind', [lines('HTTP/1.1 200 OK', 'Connection: X-Mine', 'Keep-Alive: timeout=9', 'X-Mine: 1', 'X-Yours: 2', 'Content-Length: 0')], {
  expected: lines('HTTP/1.1 200 OK', 'X-Yours: 2', 'Content-Length: 0'),
});
relayed('line feeds alone in the head', [latin1('HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 2\n\n'), Buffer.from('ok')], {
  expected: Buffer.concat([lines('HTTP/1.1 200 OK', 'X-A: 1', 'Content-Length: 2'), Buffer.from('ok')]),
});

test('answers: 20 MB come back whole and are kept in part', async (t) => {
  const body = Buffer.alloc(20 * 1024 * 1024, 'answer ');
  const endpoint = await t.endpoint(() => Buffer.concat([lines('HTTP/1.1 200 OK', `Content-Length: ${body.length}`), body]));
  const listener = await t.listen('--forward-to', endpoint.port);
  const client = new Client(listener.port, { methods: ['POST'] }).send(post());
  assert.ok((await client.answer()).body.equals(body));
  client.destroy();
  await listener.stop();
  const [attempt] = JSON.parse((await t.show('last', '--json')).bytes.toString()).attempts;
  assert.equal(attempt.body_truncated, true);
  assert.equal(attempt.status, 200);
});

test('answers: an endpoint that answers before it has read the body', async (t) => {
  const endpoint = await t.endpoint();
  endpoint.server.removeAllListeners('connection');
  endpoint.server.on('connection', (socket) => {
    endpoint.sockets.add(socket);
    socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 413 Too Much\r\nConnection: close\r\nContent-Length: 4\r\n\r\nno!\n'));
  });
  const listener = await t.listen('--forward-to', endpoint.port);
  const client = new Client(listener.port, { methods: ['POST'] }).send(post(Buffer.alloc(4_000_000, 'x')));
  const answer = await client.answer();
  assert.equal(answer.first, 'HTTP/1.1 413 Too Much');
  assert.equal(answer.body.toString(), 'no!\n');
  client.destroy();
});
