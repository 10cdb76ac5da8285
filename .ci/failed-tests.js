// Reads vitest's report in JSON: the names of the files that failed on stdout, one a line; what failed and why on stderr.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Lines of a reason that are told: a difference of two values fits, a whole log does not. */
const REASON_LINES = 30;

const [report] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(report, 'utf8'));

const tell = (title, reason) => {
  const lines = reason.split('\n').slice(0, REASON_LINES);
  console.error([`  ${title}`, ...lines.map((line) => `    ${line}`)].join('\n'));
};

for (const { name, status, message, assertionResults } of testResults) {
  if (status !== 'failed') continue;
  const file = relative(process.cwd(), name);
  console.log(file);
  const bad = assertionResults.filter((test) => test.status === 'failed');
  for (const test of bad) tell(`${file} > ${test.fullName}`, test.failureMessages.join('\n'));
  if (bad.length === 0 || message) tell(file, message);
}
