// Runs the cases, a line for each. A case passes or fails once; nothing is tried again.
import { cases, runCase } from './harness.mjs';
import './cases/bytes.mjs';
import './cases/answers.mjs';
import './cases/refusals.mjs';
import './cases/failures.mjs';
import './cases/gateway.mjs';
import './cases/ending.mjs';
import './cases/journal.mjs';
import './cases/replay.mjs';
import './cases/send.mjs';
import './cases/challenges.mjs';
import './cases/faithful.mjs';
import './cases/targets.mjs';
import './cases/load.mjs';
import './cases/check_sound.mjs';
import './cases/check_flaws.mjs';
import './cases/check_usage.mjs';
import './cases/check_reports.mjs';
import './cases/check_spawn.mjs';
import './cases/fuzz_sound.mjs';
import './cases/fuzz_flaws.mjs';
import './cases/fuzz_limits.mjs';
import './cases/fuzz_kept.mjs';

const [program, folder, ...words] = process.argv.slice(2);
const begun = Date.now();
const leftOut = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1));
const wanted = words.filter((word) => !word.startsWith('-'));
const chosen = cases.filter(({ name }) => (wanted.length === 0 || wanted.some((word) => name.includes(word))) && !leftOut.some((word) => name.includes(word)));
let failed = 0;

// Works through cases until there are none left. A few lanes at a time, for most cases wait more than they work.
async function lane(queue) {
  for (let one; (one = queue.shift()); ) {
    if (!(await runCase(one, program, folder))) failed += 1;
  }
}
const together = chosen.filter((one) => !one.alone);
await Promise.all([lane(together), lane(together), lane(together)]);
await lane(chosen.filter((one) => one.alone));
console.log(`${chosen.length - failed} of ${chosen.length} cases passed in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
process.exit(failed === 0 && chosen.length > 0 ? 0 : 1);
