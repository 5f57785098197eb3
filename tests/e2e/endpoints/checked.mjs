// An endpoint to try `hookctl check` on, sound or with one flaw of its choice, on 127.0.0.1.
// usage: node checked.mjs --provider stripe|github|slack|standard-webhooks|generic --secret S [--port N] [--flaw NAME]
//        node checked.mjs --list      each flaw, its provider, and the rules that it breaks
// Prints "ready" and its URL. GET /__effects tells what it did: { count, ids, state, log }; GET /__stats how many requests it got.
import { parseArgs } from 'node:util';
import { flaws } from './flaws.mjs';
import { schemes } from './schemes.mjs';
import { Sound } from './sound.mjs';

const { values } = parseArgs({
  options: { provider: { type: 'string' }, secret: { type: 'string' }, port: { type: 'string', default: '0' }, flaw: { type: 'string' }, list: { type: 'boolean' } },
});

function usage(problem) {
  console.error(`checked: ${problem}`);
  process.exit(2);
}

if (values.list) {
  for (const [name, { provider, rules }] of Object.entries(flaws)) console.log(`${name.padEnd(26)} ${provider.padEnd(18)} ${rules.join(' ')}`);
} else {
  const flaw = values.flaw && (Object.hasOwn(flaws, values.flaw) ? flaws[values.flaw] : usage(`no flaw '${values.flaw}'`));
  const provider = values.provider ?? flaw?.provider;
  const secret = values.secret ?? process.env.ENDPOINT_SECRET;
  if (!Object.hasOwn(schemes, provider ?? '')) usage(`no provider '${provider}'`);
  if (!secret) usage('--secret or ENDPOINT_SECRET is missing');
  const Kind = flaw ? flaw.mistake(Sound) : Sound;
  const server = new Kind({ provider, secret }).server();
  server.listen(Number(values.port), '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}/webhook`));
}
