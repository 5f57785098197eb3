// An endpoint to try `hookctl fuzz` on: sound, or with one flaw of flaws_fuzz.mjs until it is mended (a file appears), on 127.0.0.1.
// usage: node fuzzed.mjs --provider P --secret S [--port N] [--flaw NAME] [--mended FILE]
// Prints "ready" and its URL. GET /__effects and /__stats as of checked.mjs.
import fs from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';
import { fuzzFlaws } from './flaws_fuzz.mjs';
import { Sound } from './sound.mjs';

const { values } = parseArgs({
  options: { provider: { type: 'string' }, secret: { type: 'string' }, port: { type: 'string', default: '0' }, flaw: { type: 'string' }, mended: { type: 'string' } },
});
const settings = { provider: values.provider, secret: values.secret ?? process.env.ENDPOINT_SECRET };
const sound = new Sound(settings);
const flawed = values.flaw ? new (fuzzFlaws[values.flaw].mistake(Sound))(settings) : sound;
const isMended = () => values.mended !== undefined && fs.existsSync(values.mended);

const server = http.createServer((request, response) => void (isMended() ? sound : flawed).serve(request, response));
server.listen(Number(values.port), '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}/webhook`));
