// Readers that others wrote judge the reports: main.mjs FOLDER, which sample_reports filled.
// A judge exports judge(report, samples) and calls report(name, holds, why) for everything it looked at; samples(file) is a file's text. Each
// case is a line, "ok" or "FAIL"; the last line counts them. Exit 0: all passed.
import fs from 'node:fs';
import path from 'node:path';

const kJudges = ['junit', 'sarif', 'tap', 'markdown'];
const folder = process.argv[2];
const count = { passed: 0, failed: 0 };

function report(name, holds, why = '') {
  holds ? ++count.passed : ++count.failed;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds ? '' : `: ${String(why).slice(0, 2000)}`}`);
}

const samples = (file) => fs.readFileSync(path.join(folder, file), 'utf8');

for (const name of kJudges) {
  const before = count.passed + count.failed;
  try {
    const { judge } = await import(`./${name}.mjs`);
    await judge((what, ...rest) => report(`${name}: ${what}`, ...rest), samples);
  } catch (error) {
    report(name, false, error.stack);
  }
  if (count.passed + count.failed === before) report(name, false, 'it found nothing to judge');
}

console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed ? 1 : 0;
