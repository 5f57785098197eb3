// fuzz has nothing to say against sound endpoints, and ends by itself.
import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { fetchJson, secrets, told } from '../checking.mjs';
import { fuzz, fuzzedEndpoint, kept } from '../fuzzing.mjs';

for (const provider of Object.keys(secrets)) {
  test(`fuzz sound: nothing is found at a ${provider} endpoint`, async (t) => {
    const endpoint = await fuzzedEndpoint(t, provider);
    const ended = await fuzz(t, endpoint, '--effects', endpoint.effects);
    assert.equal(ended.code, 0, told(ended));
    assert.deepEqual(ended.report.findings, []);
    assert.deepEqual(await kept(t), []);
    assert.ok(ended.seconds <= 60.5, `${ended.seconds} s`);
    const { requests } = await fetchJson(endpoint.stats);
    assert.ok(requests <= 2500, `${requests} requests`);
    assert.ok(ended.report.requests <= 2500, `${ended.report.requests} requests, it says`);
    const searched = ended.report.rules.filter(({ id, verdict }) => id.startsWith('fuzz/') && verdict === 'passed').map((rule) => rule.id);
    for (const oracle of ['server-error', 'no-answer', 'unhealthy', 'late', 'forgery', 'twice', 'lost', 'computed', 'fetched']) assert.ok(searched.includes(`fuzz/${oracle}`), searched.join());
    assert.equal(endpoint.running.stderr, '', 'the endpoint itself has nothing to complain of');
  }, { seconds: 120 });
}
