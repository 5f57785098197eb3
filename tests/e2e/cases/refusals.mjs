// What two parsers could read in two ways, or is too much, is refused with a clear 4xx; the listener then serves on as before.
import assert from 'node:assert/strict';
import { sleep, test, until } from '../harness.mjs';
import { ask, chunk, Client, latin1, post, request } from '../wire.mjs';

async function servesOn(listener, endpoint) {
  const answer = await ask(listener.port, post('{"after":1}', '/after'));
  assert.equal(answer.status, 200);
  assert.deepEqual(endpoint.requests.map((one) => one.target), ['/after'], 'nothing of the refused request may reach the endpoint');
}

function refused(name, bytes, status, code, { half = false } = {}) {
  test(`refused: ${name}`, async (t) => {
    const endpoint = await t.endpoint();
    const listener = await t.listen('--forward-to', endpoint.port, '--max-body', '64kb', '--json');
    const client = new Client(listener.port, { methods: ['POST'] }).send(bytes);
    if (half) client.half();
    const answer = await client.answer();
    assert.equal(answer.status, status, answer.payload.toString());
    assert.equal(JSON.parse(answer.body.toString()).error, code);
    client.half();
    await client.closed();
    assert.equal(client.answers.length, 0, 'one answer, then the end');
    const record = await until(() => listener.records().find((one) => one.schema === 'hookctl.refusal.v1'), 'the record');
    assert.deepEqual([record.status, record.code], [status, code]);
    await servesOn(listener, endpoint);
  });
}

const head = (...lines) => request(['POST /hook HTTP/1.1', 'Host: s', ...lines]);
const chunked = (body) => request(['POST /hook HTTP/1.1', 'Host: s', 'Transfer-Encoding: chunked'], body);
const smuggled = 'POST /smuggled HTTP/1.1\r\nHost: s\r\nContent-Length: 0\r\n\r\n';

refused('Content-Length and Transfer-Encoding', Buffer.concat([head('Content-Length: 4', 'Transfer-Encoding: chunked'), latin1(`0\r\n\r\n${smuggled}`)]), 400, 'ambiguous_length');
refused('differing Content-Lengths', Buffer.concat([head('Content-Length: 0', 'Content-Length: 60'), latin1(smuggled)]), 400, 'differing_content_lengths');
refused('a list of lengths', head('Content-Length: 0, 60'), 400, 'malformed_content_length');
refused('a negative length', head('Content-Length: -1'), 400, 'malformed_content_length');
refused('a length with a sign', head('Content-Length: +4'), 400, 'malformed_content_length');
refused('a length of 2^64', head('Content-Length: 18446744073709551616'), 400, 'malformed_content_length');
refused('a length of 2^64-1', head('Content-Length: 18446744073709551615'), 413, 'body_too_large');
refused('an empty length', head('Content-Length:'), 400, 'malformed_content_length');
refused('an unknown transfer encoding', Buffer.concat([head('Transfer-Encoding: gzip, chunked'), latin1('0\r\n\r\n')]), 501, 'unknown_transfer_encoding');
refused('Transfer-Encoding twice', Buffer.concat([head('Transfer-Encoding: chunked', 'Transfer-Encoding: identity'), latin1(smuggled)]), 501, 'unknown_transfer_encoding');
refused('Transfer-Encoding with a vertical tab', head('Transfer-Encoding: \x0bchunked'), 400, 'control_in_header');
refused('Transfer-Encoding in HTTP/1.0', request(['POST / HTTP/1.0', 'Host: s', 'Transfer-Encoding: chunked'], '0\r\n\r\n'), 400, 'ambiguous_length');
refused('a chunk size that is no number', chunked('xyz\r\nabc\r\n0\r\n\r\n'), 400, 'malformed_chunk');
refused('a chunk size with 0x', chunked('0x3\r\nabc\r\n0\r\n\r\n'), 400, 'malformed_chunk');
refused('a negative chunk size', chunked('-3\r\nabc\r\n0\r\n\r\n'), 400, 'malformed_chunk');
refused('a chunk size of 2^64', chunked('10000000000000000\r\nabc'), 400, 'malformed_chunk');
refused('a chunk size of 2^64-1', chunked('ffffffffffffffff\r\nabc'), 413, 'body_too_large');
refused('a chunk longer than its size', chunked('3\r\nabcd\r\n0\r\n\r\n'), 400, 'malformed_chunk');
refused('a chunk line that ends with a line feed', chunked('3\nabc\n0\n\n'), 400, 'malformed_chunk');
refused('a trailer that is no field', chunked('0\r\nno colon\r\n\r\n'), 400, 'malformed_chunk');
refused('chunk extensions without end', chunked(`1;${'x'.repeat(70_000)}`), 431, 'chunk_framing_too_large');
refused('trailers without end', chunked(`0\r\n${'T: 1\r\n'.repeat(12_000)}`), 431, 'chunk_framing_too_large');
refused('a head of more than 64 KiB', head(`X-Large: ${'x'.repeat(66_000)}`), 431, 'head_too_large');
refused('a head that never ends', latin1(`POST / HTTP/1.1\r\nX-Large: ${'x'.repeat(200_000)}`), 431, 'head_too_large');
refused('a target of 64 KiB', request([`GET /${'x'.repeat(66_000)} HTTP/1.1`, 'Host: s']), 431, 'head_too_large');
refused('too many header fields', head(...Array.from({ length: 300 }, (_, i) => `X-${i}: 1`)), 431, 'too_many_headers');
refused('a body over --max-body by length', Buffer.concat([head('Content-Length: 65537'), Buffer.alloc(65537)]), 413, 'body_too_large');
refused('a body over --max-body by chunks', chunked(Buffer.concat([chunk(Buffer.alloc(65536)), chunk('x'), latin1('0\r\n\r\n')])), 413, 'body_too_large');
refused('a body over --max-body, announced only', head('Expect: 100-continue', 'Content-Length: 10000000'), 413, 'body_too_large');
refused('line feeds alone', latin1('POST /hook HTTP/1.1\nHost: s\nContent-Length: 0\n\n'), 400, 'bare_line_feed');
refused('one line feed alone', latin1('POST /hook HTTP/1.1\r\nHost: s\nContent-Length: 0\r\n\r\n'), 400, 'bare_line_feed');
refused('a carriage return inside a line', head('X-A: one\rX-B: two'), 400, 'control_in_header');
refused('a folded field', head('X-A: one', ' two'), 400, 'folded_header');
refused('a space before the colon', head('Content-Length : 0'), 400, 'malformed_header');
refused('a field without a name', head(': 0'), 400, 'malformed_header');
refused('a field without a colon', head('nonsense'), 400, 'malformed_header');
refused('NUL in a field', head('X-A: a\0b'), 400, 'control_in_header');
refused('DEL in the target', request(['GET /a\x7fb HTTP/1.1', 'Host: s']), 400, 'malformed_target');
refused('a space in the target', request(['GET /a b HTTP/1.1', 'Host: s']), 400, 'malformed_target');
refused('no Host', request(['GET / HTTP/1.1']), 400, 'missing_host');
refused('two Hosts', request(['GET / HTTP/1.1', 'Host: a', 'Host: b']), 400, 'two_hosts');
refused('an expectation unknown', head('Expect: tea', 'Content-Length: 0'), 417, 'unknown_expectation');
refused('HTTP/2 preface', latin1('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 505, 'unknown_version');
refused('HTTP/3.0', request(['GET / HTTP/3.0', 'Host: s']), 505, 'unknown_version');
refused('HTTP/0.9', latin1('GET /\r\n\r\n'), 400, 'malformed_request_line');
refused('a method that is no token', request(['P(ST / HTTP/1.1', 'Host: s']), 400, 'malformed_method');
refused('TLS on the plain port', Buffer.from('16030100c8010000c40303000102030405060708', 'hex'), 400, 'not_http');
refused('garbage', Buffer.from([0xff, 0x00, 0x80, 0x0a, 0x0a, 0x00]), 400, 'not_http');
refused('an ssh client', latin1('SSH-2.0-OpenSSH_9.2\r\n\r\n'), 400, 'malformed_request_line');
refused('a head cut short', latin1('POST /hook HTTP/1.1\r\nHost: s\r\nContent-Le'), 400, 'incomplete_request', { half: true });
refused('a body cut short', Buffer.concat([head('Content-Length: 10'), latin1('four')]), 400, 'incomplete_request', { half: true });
refused('chunks cut short', chunked('5\r\nfo'), 400, 'incomplete_request', { half: true });

test('refused: nothing at the limits', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port, '--max-body', '64kb');
  const room = 64 * 1024 - head('X-Large: ').length - 'Content-Length: 0\r\n'.length;
  const halves = chunked(Buffer.concat([chunk(Buffer.alloc(32768)), chunk(Buffer.alloc(32768)), latin1('0\r\n\r\n')]));
  for (const [name, bytes] of [
    ['head', head(`X-Large: ${'x'.repeat(room)}`, 'Content-Length: 0')],
    ['fields', head(...Array.from({ length: 254 }, (_, i) => `X-${i}: 1`), 'Content-Length: 0')],
    ['body by length', post(Buffer.alloc(65536))],
    ['body by chunks', halves],
  ]) {
    assert.equal((await ask(listener.port, bytes)).status, 200, name);
  }
  assert.equal(endpoint.requests.length, 4);
});

test('refused: what stands behind a refused request is not read as one', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', endpoint.port);
  const client = new Client(listener.port).send(Buffer.concat([post('{}', '/good'), head('X-A : 1'), latin1(smuggled)]));
  assert.equal((await client.answer()).status, 200);
  assert.equal((await client.answer()).status, 400);
  client.half();
  await client.closed();
  assert.deepEqual(endpoint.requests.map((one) => one.target), ['/good']);
  assert.deepEqual((await t.kept()).map((one) => one.target), ['/good'], 'nor is it kept');
});

test('refused: a sender that writes everything before it reads still gets the answer', async (t) => {
  const listener = await t.listen('--max-body', '64kb');
  const body = Buffer.alloc(12_000_000, 'x');
  for (const bytes of [post(body), chunked(Buffer.concat([chunk(body), latin1('0\r\n\r\n')])), head(`X-Large: ${body}`)]) {
    const client = new Client(listener.port);
    client.socket.pause();
    await new Promise((done, failed) => client.socket.write(bytes, (error) => (error ? failed(error) : done())));
    client.socket.resume();
    assert.ok([413, 431].includes((await client.answer()).status));
    client.destroy();
  }
});

// Writes a byte every 40 ms until an answer or the end comes; gives how long that took.
async function trickle(port, first, piece) {
  const client = new Client(port);
  const begun = Date.now();
  client.send(first);
  while (client.answers.length === 0 && !client.ended && Date.now() - begun < 20_000) {
    if (!client.socket.writableEnded) client.send(piece);
    await sleep(40);
  }
  const answer = await client.answer();
  const took = Date.now() - begun;
  client.destroy();
  return { answer, took };
}

for (const [name, first, piece] of [
  ['head', latin1('POST / HTTP/1.1\r\nHost: s\r\nX-Slow: '), latin1('x')],
  ['body', head('Content-Length: 100000'), latin1('x')],
  ['chunked body', chunked(''), chunk('x')],
]) {
  test(`refused: a slow ${name} meets --request-timeout`, async (t) => {
    const endpoint = await t.endpoint();
    const listener = await t.listen('--forward-to', endpoint.port, '--request-timeout', '400ms');
    const { answer, took } = await trickle(listener.port, first, piece);
    assert.equal(answer.status, 408);
    assert.equal(JSON.parse(answer.body.toString()).error, 'request_timeout');
    assert.ok(took >= 390 && took < 5000, `answered after ${took} ms`);
    await servesOn(listener, endpoint);
  });
}

test('refused: 200 slow clients do not keep another one waiting', async (t) => {
  const listener = await t.listen('--request-timeout', '20s');
  const slow = Array.from({ length: 200 }, () => new Client(listener.port).send(latin1('POST / HTTP/1.1\r\nHost: s\r\nX-Slow: ')));
  await Promise.all(slow.map((one) => one.connected));
  assert.equal((await ask(listener.port, post())).status, 200);
  slow.forEach((one) => one.destroy());
});
