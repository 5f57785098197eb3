// fuzz finds each flaw of endpoints/flaws_fuzz.mjs by an oracle that is about it, makes it as small as it is, and sees when it is mended.
import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { told } from '../checking.mjs';
import { fuzzFlaws } from '../endpoints/flaws_fuzz.mjs';
import { fuzz, fuzzedEndpoint, kept, ran } from '../fuzzing.mjs';

const general = (path) => path.replace(/\[\d+\]/g, '[]');
const isAt = (path, place) => general(path) === general(place) || general(path).startsWith(`${general(place)}.`);

for (const [name, flaw] of Object.entries(fuzzFlaws)) {
  test(`fuzz flaw: ${name} (${flaw.oracles[0]})`, async (t) => {
    const endpoint = await fuzzedEndpoint(t, flaw.provider, { flaw: name, spawn: flaw.spawn });
    if (flaw.effects) endpoint.args.push('--effects', endpoint.effects);
    if (flaw.pid) endpoint.args.push('--pid', endpoint.running.pid);
    endpoint.args.push('--event', flaw.event, ...(flaw.args ?? []));
    const found = await fuzz(t, endpoint, '--phases', `earlier,${flaw.phases}`, '--max-findings', 1);
    assert.ok(found.report, told(found));
    const finding = found.report.findings.find((one) => flaw.oracles.includes(one.rule));
    assert.ok(finding, told(found));
    assert.equal(found.code, 1, told(found));
    assert.ok(finding.confidence.confirmed, JSON.stringify(finding.confidence));
    for (const place of flaw.places) assert.ok(finding.places.some((path) => isAt(path, place)), `${place} is not among ${finding.places}`);
    if (flaw.places.length > 0) assert.equal(finding.places.length, flaw.places.length, `${finding.places} is not the smallest`);
    if (flaw.limit) assert.match(finding.limit ?? '', flaw.limit, told(found) + finding.recipe);
    for (const field of ['fingerprint', 'summary', 'expected', 'seen', 'replay']) assert.ok(finding[field], `the finding has no ${field}`);

    const [record, ...others] = await kept(t);
    assert.deepEqual([record.rule, record.fingerprint, others.length], [finding.rule, finding.fingerprint, 0]);
    const again = () => ran(t, endpoint, ['replay', record.id, ...(flaw.pid ? ['--pid', endpoint.running.pid] : [])]);
    const still = await again();
    // Of a program that was not started anew, and has grown so far that a little more is no sign, it cannot be told.
    if (flaw.pid) assert.notEqual(still.report.earlier[0].again, 'fixed', told(still));
    else assert.equal(still.report.earlier[0].again, 'still there', told(still));
    if (!flaw.pid) assert.equal(still.code, 1, told(still));

    endpoint.mend();
    const fixed = await again();
    assert.equal(fixed.code, 0, told(fixed));
    assert.equal(fixed.report.earlier[0].again, 'fixed');
    const next = await fuzz(t, endpoint, '--phases', 'earlier');
    assert.equal(next.code, 0, told(next));
    assert.deepEqual(next.report.earlier.map(({ id, again: how }) => [id, how]), [[record.id, 'fixed']]);
    assert.deepEqual(await kept(t), []);
  }, { seconds: 150 });
}

// The crowd of the adaptive phase: what is odd in it is played again by itself.
for (const name of ['short-column', 'counts-in-doubles']) {
  test(`fuzz flaw: ${name}, found by the adaptive search alone`, async (t) => {
    const { provider, event, oracles, places } = fuzzFlaws[name];
    const endpoint = await fuzzedEndpoint(t, provider, { flaw: name });
    const found = await fuzz(t, endpoint, '--event', event, '--phases', 'adaptive', '--max-findings', 1, '--time', '10s', '--seed', 7);
    assert.equal(found.code, 1, told(found));
    const [finding] = found.report.findings;
    assert.ok(oracles.includes(finding.rule) && finding.confidence.confirmed, told(found));
    assert.deepEqual(finding.places, places);
  }, { seconds: 60 });
}
