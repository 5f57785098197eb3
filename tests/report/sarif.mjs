// SARIF before ajv, with the schema of SARIF 2.1.0 as Microsoft's jest-sarif carries it, and what GitHub's code scanning asks for beyond it.
import fs from 'node:fs';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { refuses } from './broken.mjs';

const schema = JSON.parse(fs.readFileSync(new URL('node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json', import.meta.url)));
// A pattern of the schema is none under Unicode rules.
const ajv = new Ajv({ strict: false, unicodeRegExp: false });
addFormats(ajv);
const valid = ajv.compile(schema);

function complaint(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return error.message;
  }
  return valid(document) ? '' : JSON.stringify(valid.errors);
}

// docs.github.com, "SARIF support for code scanning": what is required, and paths must be relative.
function rejection(text) {
  const run = JSON.parse(text).runs[0];
  const wrong = [];
  const need = (holds, what) => holds || wrong.push(what);
  for (const rule of run.tool.driver.rules) {
    for (const words of [rule.id, rule.shortDescription.text, rule.fullDescription.text, rule.help.text]) need(words.length > 0, `an empty text in rule ${rule.id}`);
    need(rule.shortDescription.text.length <= 1024 && rule.fullDescription.text.length <= 1024, `too long a description in rule ${rule.id}`);
    need(Number(rule.properties['security-severity']) > 0, 'no security-severity');
  }
  for (const result of run.results) {
    const place = result.locations?.[0]?.physicalLocation;
    need(result.message.text.length > 0, 'an empty message');
    need(/^[\w.~%-]+(\/[\w.~%-]+)*$/.test(place?.artifactLocation.uri ?? ''), `no relative path: ${place?.artifactLocation.uri}`);
    need(['startLine', 'startColumn', 'endLine', 'endColumn'].every((name) => place?.region?.[name] >= 1), 'no whole region');
    need(result.partialFingerprints?.primaryLocationLineHash, 'no fingerprint');
  }
  return wrong.join('; ');
}

const edited = (edit) => (text) => {
  const document = JSON.parse(text);
  edit(document.runs[0], document);
  return JSON.stringify(document);
};

export function judge(report, samples) {
  const results = { empty: 0, clean: 0, failed: 3, fuzzed: 2, hostile: 3 };
  for (const [name, want] of Object.entries(results)) {
    const text = samples(`${name}.sarif`);
    report(`${name} is valid`, complaint(text) === '', complaint(text));
    report(`${name} fits code scanning`, rejection(text) === '', rejection(text));
    const run = JSON.parse(text).runs[0];
    report(`${name} holds every finding`, run.results.length === want, run.results.length);
    report(`${name}'s rules are found by their index`, run.results.every((each) => each.ruleIndex === undefined || run.tool.driver.rules[each.ruleIndex].id === each.ruleId));
  }
  const failed = samples('failed.sarif');
  const run = JSON.parse(failed).runs[0];
  const [first, known, unsure] = run.results;
  report('levels', `${first.level} ${known.level} ${unsure.level}` === 'error warning note', `${first.level} ${known.level} ${unsure.level}`);
  report('only the known one is suppressed', run.results.map((each) => each.suppressions?.length ?? 0).join() === '0,1,0');
  report('the trigger is the web request', first.webRequest.method === 'POST' && first.webRequest.body.text === '{"a":1}' && first.webRequest.headers.A === '1, 2', JSON.stringify(first.webRequest));
  report('the answer is the web response', first.webResponse.statusCode === 200 && first.webResponse.body.text === 'accepted', JSON.stringify(first.webResponse));
  report('no answer is said so', unsure.webResponse.noResponseReceived === true);
  report('all exchanges are in the run', run.webRequests.length === 5 && run.webResponses.length === 5, run.webRequests.length);
  report('the place has neither scheme nor port', first.locations[0].physicalLocation.artifactLocation.uri === '127.0.0.1/webhooks/stripe');
  report('the stop is told', JSON.parse(samples('hostile.sarif')).runs[0].invocations[0].executionSuccessful === false);

  const fuzzed = JSON.parse(samples('fuzzed.sarif')).runs[0];
  const { replay, places, alike, limit, recipe, after_requests: requests, after_ms: ms } = fuzzed.results[0].properties;
  report('what a fuzz run knows is among the properties', replay.startsWith('hookctl replay ') && places.length === 10 && JSON.parse(recipe).mutator === 'null' && [alike, limit, requests, ms].join() === '7,from 65537 repeats on,412,1234', JSON.stringify(fuzzed.results[0].properties));
  report('earlier findings are told', fuzzed.properties.earlier.map((each) => each.again).join() === 'still there,fixed,cannot tell');

  refuses(report, 'a level of its own', failed, edited((run) => (run.results[0].level = 'fatal')), complaint);
  refuses(report, 'a missing tool', failed, edited((run) => delete run.tool), complaint);
  refuses(report, 'an unknown property', failed, edited((run) => (run.results[0].finding = 1)), complaint);
  refuses(report, 'a place that is no URI', failed, edited((run) => (run.results[0].locations[0].physicalLocation.artifactLocation.uri = 'a b\n')), complaint);
  refuses(report, 'equal web requests', failed, edited((run) => run.webRequests.push(run.webRequests[0])), complaint);
  refuses(report, 'a time that is none', failed, edited((run) => (run.invocations[0].startTimeUtc = 'today')), complaint);
  refuses(report, 'a broken end', failed, (text) => text.slice(0, -20), complaint);
  refuses(report, 'a result without a place (code scanning)', failed, edited((run) => delete run.results[0].locations), rejection);
  refuses(report, 'a URL as place (code scanning)', failed, edited((run) => (run.results[0].locations[0].physicalLocation.artifactLocation.uri = 'http://x/y')), rejection);
}
