/** Postman collections, run by upstream's own driver: it starts the server, runs newman and stops the server. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runApart } from './servers.js';

const DRIVER = 'import sys; from ts_scripts.api_utils import test_api; test_api(sys.argv[1])';

export async function runCollection({ name, data, limitMs }, { work, env, temporary, wheels, python, newman }) {
  const report = join(temporary, 'newman.json');
  const { output, late } = await runApart([python, '-c', DRIVER, name], {
    cwd: work,
    env: { ...env, NEWMAN: newman, NEWMAN_REPORT: report },
    temporary,
    wheels,
    timeoutMs: limitMs,
  });
  const rows = data === undefined ? [] : JSON.parse(await readFile(join(work, 'test/postman', `${data}.json`), 'utf8'));
  const text = await readFile(report, 'utf8').catch(() => undefined);
  const executions = text === undefined ? [] : JSON.parse(text).run.executions;
  return { tests: toTests(executions, rows), output, late };
}

function toTests(executions, rows) {
  const tests = {};
  for (const { item, cursor, assertions = [], requestError } of executions) {
    const row = rows[cursor.iteration];
    const about =
      row === undefined ? item.name : `${cursor.iteration + 1} ${row.test ?? `${row.model_name} ${item.name}`}`;
    for (const { assertion, error } of assertions) {
      const message = requestError?.code ?? error?.message;
      tests[unique(tests, `${about}: ${assertion}`)] =
        message === undefined ? { outcome: 'passed' } : { outcome: 'failed', message };
    }
  }
  return tests;
}

function unique(tests, id) {
  let count = 1;
  while ((count === 1 ? id : `${id} (${count})`) in tests) count += 1;
  return count === 1 ? id : `${id} (${count})`;
}
