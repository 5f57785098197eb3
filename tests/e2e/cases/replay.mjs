// Kept requests again: which, how fast, signed anew. (That the bytes are the same is in bytes.mjs.)
import assert from 'node:assert/strict';
import { sleep, test } from '../harness.mjs';
import { ok } from '../endpoint.mjs';
import { checkStripe, github, hmac, stripe } from '../providers.mjs';
import { ask, header, post, request } from '../wire.mjs';

// A listener that has kept these requests and has gone.
async function keep(t, ...requests) {
  const listener = await t.listen();
  for (const bytes of requests) await ask(listener.port, bytes);
  await listener.stop();
  return t.kept();
}
const replay = (t, ...args) => t.run('replay', '--journal', t.journal, ...args);

test('replay: --resign gives a fresh time and a right signature, the rest stays', async (t) => {
  const endpoint = await t.endpoint();
  await keep(t, stripe('whsec_k', { id: 'evt_7', age: 4000 }));
  const plain = await replay(t, 'last', '--to', endpoint.port);
  const signed = await replay(t, 'last', '--to', endpoint.port, '--resign', '--secret', 'whsec_k');
  assert.deepEqual([plain.code, signed.code], [0, 0], plain.stderr + signed.stderr);
  const [as, anew] = endpoint.requests;
  checkStripe(anew, 'whsec_k');
  assert.throws(() => checkStripe(as, 'whsec_k'), 'as received it is too old');
  assert.ok(anew.body.equals(as.body));
  const others = (message) => message.lines.filter((line) => !line.startsWith('Stripe-Signature'));
  assert.deepEqual(others(anew), others(as));
  const refused = await replay(t, 'last', '--to', endpoint.port, '--resign');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--secret/);
});

test('replay: --resign of standard-webhooks keeps its id; of chunks keeps the chunks', async (t) => {
  const endpoint = await t.endpoint();
  const secret = `whsec_${Buffer.from('0123456789abcdefghijklmn').toString('base64')}`;
  const old = ['POST / HTTP/1.1', 'Host: s', 'webhook-id: msg_42', 'webhook-timestamp: 1700000000', 'webhook-signature: v1,AAAA', 'Transfer-Encoding: chunked'];
  await keep(t, request(old, '5;x\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n'));
  const { code, stderr } = await replay(t, 'last', '--to', endpoint.port, '--resign', '--secret', secret);
  assert.equal(code, 0, stderr);
  const [got] = endpoint.requests;
  assert.equal(got.body.toString(), '5;x\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n');
  assert.equal(header(got, 'webhook-id'), 'msg_42');
  const time = header(got, 'webhook-timestamp');
  assert.ok(Math.abs(time - Date.now() / 1000) < 30);
  const expected = Buffer.from(hmac('0123456789abcdefghijklmn', `msg_42.${time}.{"a":1}`), 'hex').toString('base64');
  assert.equal(header(got, 'webhook-signature'), `v1,${expected}`);
});

test('replay: --since and --filter choose, in the order of arrival', async (t) => {
  const endpoint = await t.endpoint();
  await keep(t, stripe('s', { id: 'evt_1', type: 'invoice.paid' }), github('s'), stripe('s', { id: 'evt_2', type: 'charge.failed' }), stripe('s', { id: 'evt_3', type: 'invoice.voided' }));
  const chosen = async (...args) => {
    endpoint.requests.length = 0;
    const { code, stderr } = await replay(t, '--to', endpoint.port, ...args);
    return code === 0 ? endpoint.requests.map((one) => JSON.parse(one.payload).id ?? 'github') : `${code} ${stderr}`;
  };
  assert.deepEqual(await chosen('--since', '10m'), ['evt_1', 'github', 'evt_2', 'evt_3']);
  assert.deepEqual(await chosen('--filter', 'event=invoice.*'), ['evt_1', 'evt_3']);
  assert.deepEqual(await chosen('--filter', 'provider=stripe event!=charge.*', '--since', '1h'), ['evt_1', 'evt_3']);
  assert.match(await chosen('--filter', 'event=nothing'), /^2 .*no kept request matches/s);
  assert.match(await chosen('--since', '2099-01-01T00:00:00Z'), /^2 /);
  assert.match(await chosen('--filter', 'colour=red'), /^2 .*colour/s);
  assert.match(await chosen('req_zzz'), /^2 .*no request req_zzz/s);
  assert.match(await chosen(), /^2 .*which request/s);
});

test('replay: --speed keeps the gaps, faster', async (t) => {
  const arrivals = [];
  const endpoint = await t.endpoint(() => (arrivals.push(Date.now()), ok()));
  const listener = await t.listen();
  await ask(listener.port, post('1'));
  await sleep(1000);
  await ask(listener.port, post('2'));
  await listener.stop();
  const gap = async (...args) => {
    arrivals.length = 0;
    assert.equal((await replay(t, '--since', '1h', '--to', endpoint.port, ...args)).code, 0);
    return arrivals[1] - arrivals[0];
  };
  assert.ok((await gap('--speed', '1x')) >= 990);
  const doubled = await gap('--speed', '2x');
  assert.ok(doubled >= 490 && doubled < 990, `${doubled} ms`);
  assert.ok((await gap()) < 900, 'no gaps without --speed');
});

test('replay: where it went the last time, and nowhere', async (t) => {
  const endpoint = await t.endpoint();
  const listener = await t.listen('--forward-to', `${endpoint.port}/own`);
  await ask(listener.port, post('{}', '/hook?x=1'));
  await listener.stop();
  assert.equal((await replay(t, 'last')).code, 0);
  assert.deepEqual(endpoint.requests.map((one) => one.target), ['/own?x=1', '/own?x=1']);
  await keep(t, post());
  const { code, stderr } = await replay(t, 'last');
  assert.equal(code, 2);
  assert.match(stderr, /--to URL/);
});

test('replay: an endpoint that says no is exit code 1, one that is away 3, and both are told', async (t) => {
  const endpoint = await t.endpoint(() => Buffer.from('HTTP/1.1 503 Busy\r\nContent-Length: 12\r\n\r\ncome \x1b[31m no'));
  await keep(t, post());
  const busy = await replay(t, 'last', '--to', endpoint.port);
  assert.equal(busy.code, 1);
  assert.match(busy.stdout, /503/);
  assert.match(busy.stdout, /come/);
  assert.ok(!busy.stdout.includes('\x1b'), 'without its control characters');
  await endpoint.stop();
  assert.equal((await replay(t, 'last', '--to', endpoint.port)).code, 3);
  const json = await replay(t, 'last', '--to', endpoint.port, '--json');
  const [record] = json.records();
  assert.equal(json.records().length, 1);
  assert.deepEqual([json.code, record.schema, record.delivered, record.attempts[0].fault], [3, 'hookctl.delivery.v1', false, 'unreachable']);
});
