// The providers' own SDKs judge what hookctl signs, and hookctl judges what they sign: interop.mjs HOOKCTL [PROVIDER...]
// Each case is a line, "ok" or "FAIL"; the last line counts them. Exit 0: all passed.
import { cases } from './cases.mjs';
import { Hookctl } from './hookctl.mjs';
import { keysOf } from './requests.mjs';
import { sdks, versionOf } from './sdks.mjs';

const hookctl = new Hookctl(process.argv[2]);
const asked = process.argv.slice(3);
let passed = 0;
let failed = 0;

function check(name, holds, why = '') {
  holds ? ++passed : ++failed;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds ? '' : `: ${why}`}`);
}

for (const id of asked.filter((name) => !(name in sdks))) check(`${id}`, false, `no provider with an SDK; there are ${Object.keys(sdks).join(' ')}`);
for (const [id, sdk] of Object.entries(sdks)) {
  if (asked.length > 0 && !asked.includes(id)) continue;
  console.log(`# ${id}: ${versionOf(sdk)}`);
  const test = { id, sdk, keys: keysOf(sdk), hookctl, check };
  for (const part of cases) {
    try {
      await part(test);
    } catch (error) {
      check(`${id} ${part.name}`, false, error.stack);
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
