// What is received is what is forwarded, kept, shown and replayed: byte for byte but for the Host field and what belongs to one connection.
import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import { test } from '../harness.mjs';
import { ok } from '../endpoint.mjs';
import { ask, chunk, Client, latin1, request } from '../wire.mjs';

const same = (actual, expected, what) => {
  if (actual.equals(expected)) return;
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at += 1;
  const near = (bytes) => JSON.stringify(bytes.toString('latin1', Math.max(0, at - 60), at + 60));
  assert.fail(`${what}: ${actual.length} bytes for ${expected.length}, they differ from byte ${at} on:\n  got      ${near(actual)}\n  expected ${near(expected)}`);
};

// A line that is not passed on.
const drop = (line) => ({ line, dropped: true });
const text = (line) => (typeof line === 'string' ? line : line.line);

// The head that the endpoint gets for these lines.
function expectedHead(lines, port, version) {
  const kept = lines.filter((line) => !line.dropped).map(text);
  kept[0] = kept[0].replace(/HTTP\/1\.\d$/, version);
  const host = kept.findIndex((line) => /^host:/i.test(line));
  const mine = `localhost:${port}`;
  if (host < 0) kept.push(`Host: ${mine}`);
  else kept[host] = `${kept[host].slice(0, 4)}: ${mine}`;
  return latin1(`${kept.join('\r\n')}\r\n\r\n`);
}

async function checkJournal(t, sent, head, wire, payload) {
  const raw = await t.show('last', '--raw');
  same(raw.bytes, sent, 'requests show --raw');
  const shown = await t.show('last', '--json');
  const record = JSON.parse(shown.bytes.toString());
  assert.equal(record.schema, 'hookctl.request.v1');
  same(record.head_base64 ? Buffer.from(record.head_base64, 'base64') : Buffer.from(record.head), head.subarray(0, -2), 'head in --json');
  same(Buffer.from(record.body_base64, 'base64'), payload, 'body in --json');
  if (wire !== payload) same(Buffer.from(record.raw_body_base64, 'base64'), wire, 'raw body in --json');
  assert.equal(record.body_size, payload.length);
}

// `lines` and `wire`: what is sent. `payload`: the body without its chunks, where there are some.
function exact(name, lines, wire = '', { payload, write = (client, bytes) => client.send(bytes) } = {}) {
  test(`exact bytes: ${name}`, async (t) => {
    const endpoint = await t.endpoint();
    const listener = await t.listen('--forward-to', endpoint.port);
    const sent = request(lines.map(text), wire);
    const body = Buffer.from(wire);
    const client = new Client(listener.port);
    await write(client, sent);
    const answer = await client.answer();
    client.destroy();
    assert.equal(answer.first, 'HTTP/1.1 200 OK');
    const expected = expectedHead(lines, endpoint.port, 'HTTP/1.1');
    same(endpoint.requests[0].head, expected, 'head at the endpoint');
    same(endpoint.requests[0].body, body, 'body at the endpoint');
    await checkJournal(t, sent, sent.subarray(0, sent.length - body.length), body, payload === undefined ? body : Buffer.from(payload));
    const replayed = await t.run('replay', 'last', '--to', endpoint.port, '--journal', t.journal);
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    same(endpoint.requests[1].head, expected, 'head of the replay');
    same(endpoint.requests[1].body, body, 'body of the replay');
    assert.equal((await listener.stop()).code, 0);
  });
}

const length = (body) => `Content-Length: ${Buffer.byteLength(body)}`;
const noise = (size) => {
  const bytes = Buffer.alloc(size);
  for (let i = 0, state = 1; i < size; i += 1) bytes[i] = (state = (state * 48271) % 2147483647) & 0xff;
  return bytes;
};

for (const method of ['GET', 'DELETE', 'PURGE', 'QUERY', 'OPTIONS', 'PATCH', 'M-SEARCH']) {
  exact(`${method} with a body`, [`${method} /hook HTTP/1.1`, 'Host: sender.example', 'Content-Length: 9'], 'some body');
}
exact('GET without a body', ['GET /?a=b HTTP/1.1', 'Host: sender.example', 'Accept: */*']);
exact('POST without any length', ['POST /hook HTTP/1.1', 'Host: sender.example']);
exact('order, case, repeats, empty values, odd spacing', [
  'POST /hook HTTP/1.1',
  'X-Zulu: 1',
  'hOsT: sender.example:99',
  'x-repeat: b',
  'X-Alpha:no space',
  'X-Repeat: a',
  'x-REPEAT: b',
  'X-Empty:',
  'X-Blank:    ',
  'X-Odd:  \t two  spaces \t ',
  'X-Quote: "a, b"; c="d\\"e"',
  "!#$%&'*+-.^_`|~: every token byte",
  'CONTENT-length: 2',
  'Cookie: a=1; b=2',
], 'ok');
exact('percent signs and odd targets', ['POST /a%2Fb/%7e//../%00?q=%20+%zz&&x=;y=[1]|"{}\\^`&u=\xfc\xff HTTP/1.1', 'Host: sender', 'X-Percent: %0d%0a %s %n 100%', 'Content-Length: 4'], '%d%s');
exact('header bytes above 0x7f', ['POST /hook HTTP/1.1', 'Host: sender', 'X-Latin: \xe9\xff\x80', 'X-Utf8: \xc3\xa9\xe2\x82\xac', 'Content-Length: 0']);
exact('connection fields stay behind', [
  'POST /hook HTTP/1.1',
  'Host: sender',
  drop('Connection: keep-alive, X-Private'),
  drop('Keep-Alive: timeout=5'),
  drop('X-Private: 1'),
  drop('x-private: 2'),
  drop('Upgrade: h2c'),
  drop('TE: trailers'),
  drop('Proxy-Connection: keep-alive'),
  'X-Public: 3',
  'Content-Length: 2',
], 'ok');
exact('HTTP/1.0', ['POST /hook HTTP/1.0', 'Host: old', 'X-Old: yes', 'Content-Length: 5'], 'hello');
exact('HTTP/1.0 without Host', ['POST /hook HTTP/1.0', 'Content-Length: 5'], 'hello');
exact('equal Content-Lengths twice', ['POST /hook HTTP/1.1', 'Host: s', 'Content-Length: 5', 'Content-Length: 5'], 'hello');
exact('NUL bytes and every other', ['POST /hook HTTP/1.1', 'Host: s', 'Content-Type: application/octet-stream', 'Content-Length: 70000'], noise(70000));
{
  const pieces = [chunk('{"a":', ';name="v;1";x'), chunk(Buffer.from([0, 13, 10, 255]), ' ; y'), latin1('0003\r\nend\r\n'), latin1('0;last\r\nX-Sum: abc\r\nX-Empty:\r\n\r\n')];
  exact('chunked with extensions and trailers', ['POST /hook HTTP/1.1', 'Host: s', 'Transfer-Encoding: chunked', 'Trailer: X-Sum'], Buffer.concat(pieces), {
    payload: Buffer.concat([Buffer.from('{"a":'), Buffer.from([0, 13, 10, 255]), Buffer.from('end')]),
  });
  exact('chunked without payload', ['DELETE /hook HTTP/1.1', 'Host: s', 'transfer-encoding: Chunked'], '0\r\n\r\n', { payload: '' });
}
{
  const form = '--B0UND\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n\0\r\n--B0UN\r\n--B0UND--\r\n';
  exact('multipart', ['POST /hook HTTP/1.1', 'Host: s', 'Content-Type: multipart/form-data; boundary=B0UND', length(form)], form);
  const large = `payload=${'%7B%22k%22%3A+1%7D&x='.repeat(50_000)}`.slice(0, 1024 * 1024);
  exact('form of 1 MB', ['POST /hook HTTP/1.1', 'Host: s', 'Content-Type: application/x-www-form-urlencoded', length(large)], large);
  const packed = zlib.gzipSync(JSON.stringify({ id: 'evt_1', type: 'packed' }));
  exact('gzip stays packed', ['POST /hook HTTP/1.1', 'Host: s', 'Content-Encoding: gzip', `Content-Length: ${packed.length}`], packed);
}
{
  const large = noise(25 * 1024 * 1024);
  exact('25 MB', ['POST /hook HTTP/1.1', 'Host: s', `Content-Length: ${large.length}`], large);
  const pieces = [];
  for (let at = 0; at < large.length; at += 1_000_003) pieces.push(chunk(large.subarray(at, at + 1_000_003)));
  exact('25 MB in chunks', ['POST /hook HTTP/1.1', 'Host: s', 'Transfer-Encoding: chunked'], Buffer.concat([...pieces, latin1('0\r\n\r\n')]), { payload: large });
}
exact('one byte at a time', ['POST /hook HTTP/1.1', 'Host: s', 'Transfer-Encoding: chunked'], '3;x\r\nabc\r\n0\r\nT: 1\r\n\r\n', {
  payload: 'abc',
  write: async (client, bytes) => {
    for (const byte of bytes) {
      client.send(Buffer.of(byte));
      await new Promise((done) => setTimeout(done, 1));
    }
  },
});
exact('a half-closed client', ['POST /hook HTTP/1.1', 'Host: s', 'Content-Length: 4'], 'half', { write: (client, bytes) => client.send(bytes).half() });
exact('Expect: 100-continue', ['POST /hook HTTP/1.1', 'Host: s', 'Expect: 100-continue', 'Content-Length: 4'], 'body', {
  write: async (client, bytes) => {
    client.send(bytes.subarray(0, -4));
    const first = await client.answer();
    assert.equal(first.head.toString(), 'HTTP/1.1 100 Continue\r\n\r\n');
    client.send(bytes.subarray(-4));
  },
});

test('exact bytes: pipelined requests are answered in their order', async (t) => {
  const endpoint = await t.endpoint(async (message) => {
    if (message.target === '/slow') await new Promise((done) => setTimeout(done, 150));
    return ok(`answer to ${message.target}`);
  });
  const listener = await t.listen('--forward-to', endpoint.port);
  const requests = [
    request(['POST /slow HTTP/1.1', 'Host: s', 'Content-Length: 3'], 'one'),
    request(['GET /two HTTP/1.1', 'Host: s']),
    request(['POST /three HTTP/1.1', 'Host: s', 'Transfer-Encoding: chunked'], '5;e\r\nthree\r\n0\r\n\r\n'),
    Buffer.from('\r\n'), // a line end too many, as old clients send
    request(['DELETE /four HTTP/1.1', 'Host: s', 'Content-Length: 4'], 'four'),
  ];
  const client = new Client(listener.port).send(Buffer.concat(requests));
  for (const name of ['slow', 'two', 'three', 'four']) assert.equal((await client.answer()).body.toString(), `answer to /${name}`);
  client.destroy();
  assert.deepEqual(endpoint.requests.map((one) => one.payload.toString()), ['one', '', 'three', 'four']);
  assert.deepEqual((await t.kept()).map((one) => one.target), ['/slow', '/two', '/three', '/four']);
});

test('exact bytes: a path in the target replaces the path and keeps the query', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', `${endpoint.port}/own/path?key=1`);
  await ask(listener.port, request(['GET /hook/a%2Fb?x=%20&y HTTP/1.1', 'Host: s']));
  await ask(listener.port, request(['GET /hook HTTP/1.1', 'Host: s']));
  assert.deepEqual(endpoint.requests.map((one) => one.target), ['/own/path?key=1&x=%20&y', '/own/path?key=1']);
});

test('exact bytes: several targets get the same, the first answers', async (t) => {
  const first = await t.endpoint(() => ok('from the first'));
  const second = await t.endpoint(() => Buffer.from('HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n'));
  const listener = await t.listen('--forward-to', first.port, '--forward-to', second.port);
  const answer = await ask(listener.port, request(['POST /hook HTTP/1.1', 'Host: s', 'Content-Length: 2'], 'ok'));
  assert.equal(answer.body.toString(), 'from the first');
  const seen = await second.request();
  assert.equal(seen.head.toString(), `POST /hook HTTP/1.1\r\nHost: localhost:${second.port}\r\nContent-Length: 2\r\n\r\n`);
  assert.equal(seen.body.toString(), 'ok');
  assert.equal((await listener.stop()).code, 0);
  const [kept] = await t.kept();
  assert.deepEqual(kept.attempts.map((one) => one.status).sort(), [200, 500]);
});
