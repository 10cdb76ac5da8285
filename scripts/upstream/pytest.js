/** Files of test/pytest: they start and stop the server themselves. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runApart } from './servers.js';

/** For one test: a server that never answers must not take the whole file with it. */
const TEST_TIMEOUT_S = 240;

export async function runFile({ name, limitMs }, { work, env, temporary, wheels, python }) {
  const report = join(temporary, 'pytest.xml');
  const file = `test_${name}.py`;
  // The model store of test_utils.py, which upstream's driver makes.
  await mkdir(join(temporary, 'workspace/model_store'), { recursive: true });
  const words = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--timeout=${TEST_TIMEOUT_S}`, `--junitxml=${report}`];
  const { output, late } = await runApart([python, ...words, file], {
    cwd: join(work, 'test/pytest'),
    env,
    temporary,
    wheels,
    timeoutMs: limitMs,
  });
  const xml = await readFile(report, 'utf8').catch(() => '');
  return { tests: toTests(xml), output, late };
}

/** The form that pytest writes: a test without anything inside is closed at once, and has passed. */
function toTests(xml) {
  const tests = {};
  for (const [, attributes, rest = ''] of xml.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)) {
    const name = readAttribute(attributes, 'name');
    // A failing test and a failing clean-up of it are two elements.
    if (tests[name]?.outcome === 'failed') continue;
    const [, kind, details] = /<(failure|error|skipped)\b([^>]*)/.exec(rest) ?? [];
    if (kind === undefined) tests[name] = { outcome: 'passed' };
    else
      tests[name] = {
        outcome: kind === 'skipped' ? 'skipped' : 'failed',
        message: readAttribute(details, 'message').slice(0, 500),
      };
  }
  return tests;
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function readAttribute(text, name) {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '';
  return value.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, word) => {
    if (word !== undefined) return ENTITIES[word] ?? all;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
