// TAP before tap-parser, which reads version 14 with its YAML blocks; strict: what is no TAP is a failure.
import { Parser } from 'tap-parser';
import { refuses } from './broken.mjs';

function read(text) {
  const parser = new Parser({ strict: true });
  const points = [];
  const extra = [];
  let results;
  parser.on('assert', (point) => points.push(point));
  parser.on('extra', (line) => extra.push(line));
  parser.on('complete', (complete) => (results = complete));
  parser.end(text);
  return { points, extra, results };
}

// What the parser itself refuses, beside test points that are "not ok".
function complaint(text) {
  const { points, extra, results } = read(text);
  const errors = results.failures.filter((each) => each.tapError).map((each) => each.tapError);
  const bare = points.filter((point) => !point.ok && typeof point.diag?.message !== 'string').map((point) => `no diagnostics at ${point.id}`);
  return [...errors, ...bare, ...extra, results.bailout ? 'bailed out' : ''].filter(Boolean).join('; ');
}

export function judge(report, samples) {
  const expected = { empty: [true, 0, 0, 0], clean: [true, 8, 5, 0], failed: [false, 10, 5, 2], fuzzed: [false, 5, 1, 0], hostile: [false, 7, 4, 0] };
  for (const [name, [ok, count, skip, todo]] of Object.entries(expected)) {
    const text = samples(`${name}.tap`);
    const { results } = read(text);
    report(`${name} is TAP`, complaint(text) === '', complaint(text));
    report(`${name} counts`, results.ok === ok && results.count === count && results.skip === skip && results.todo === todo, JSON.stringify(results));
  }
  const failed = read(samples('failed.tap')).points;
  report('only the unknown, confirmed one fails', read(samples('failed.tap')).results.failures.length === 1);
  report('findings are data', failed[1].diag.findings[0].diff.endsWith('\n+ (no Stripe-Signature)'), JSON.stringify(failed[1].diag));
  const fuzzed = read(samples('fuzzed.tap')).points[0].diag.findings[0];
  report('what a fuzz run knows is data', fuzzed.places.length === 10 && fuzzed.limit === 'from 65537 repeats on' && fuzzed.alike === 7 && fuzzed.after_requests === 412 && fuzzed.replay.startsWith('hookctl replay '), JSON.stringify(fuzzed));
  report('a skip has its reason', failed[3].skip === 'no effects probe', failed[3].skip);
  const hostile = read(samples('hostile.tap')).points;
  report('a description holds # and \\', hostile[0].name.includes('# todo Bail out!') && hostile[0].name.includes('# SKIP \\#') && hostile[0].name.includes('\\x00'), hostile[0].name);
  const seen = hostile[6].diag.findings[0].seen;
  report('diagnostics hold every line', seen.includes('\nBail out! evil\n  ...\n1..0\n...\nkey: [1, 2\n') && seen.includes('##[error]'), seen);

  const sound = samples('failed.tap');
  refuses(report, 'a wrong plan', samples('clean.tap'), (text) => text.replace('1..8', '1..9'), (text) => (read(text).results.ok ? '' : 'not ok'));
  refuses(report, 'a point twice', sound, (text) => text.replace('ok 3 ', 'ok 4 '), complaint);
  refuses(report, 'a line of something else', sound, (text) => text.replace('ok 3 ', 'evil\nok 3 '), complaint);
  refuses(report, 'broken YAML', sound, (text) => text.replace('message: "', 'message: ["'), complaint);
  refuses(report, 'a block without end', sound, (text) => text.replace('  ...\n', ''), complaint);
  refuses(report, 'a bail out', sound, (text) => text.replace('ok 3 ', 'Bail out! x\nok 3 '), complaint);
}
