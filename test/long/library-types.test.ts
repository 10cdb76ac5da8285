import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { tempTree } from '../support/temp-tree.ts';

const run = promisify(execFile);

/** A program of a stranger: every function of the library, without a context and with one. */
const good = `import {
  archive, archiveWorkflow, cat, createContext, explain, extract, inspect, pack, predict, repack, serve, ToolError, validate,
  type Context, type Finding, type InspectResult, type ValidateResult,
} from 'ts-model-archiver';

const context: Context = createContext();
const findings: Finding[] = [];
export async function main(): Promise<number> {
  const seen: InspectResult = await inspect({ path: 'm.mar' });
  const judged: ValidateResult = await validate({ path: 'm.mar', only: ['weights'], failOn: 'warning' }, context);
  findings.push(...seen.findings, ...judged.findings);
  for await (const piece of cat({ path: 'm.mar', member: 'a' })) findings.length += piece.length;
  const { size } = await pack({ modelName: 'm', handler: 'h.py', config: false });
  await archive({ modelName: 'm', version: '1', handler: 'h' });
  await archiveWorkflow({ workflowName: 'w', specFile: 'w.yaml' });
  await extract({ path: 'm.mar' });
  await repack({ path: 'm.mar', format: 'tgz' });
  await explain();
  const { status } = await predict({ path: 'm.mar', input: 'x.json' });
  const server = await serve({ archives: ['m.mar'], port: 0 });
  await server.close();
  return status + (size ?? 0);
}
export const isOurs = (error: unknown): string | undefined => (error instanceof ToolError ? error.code : undefined);
`;
const bad = `import { inspect, pack, predict } from 'ts-model-archiver';
inspect({ archive: 'm.mar' });
pack({ modelName: 1 });
predict({ path: 'm.mar' });
`;
const tsconfig = JSON.stringify({
  compilerOptions: { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', types: ['node'] },
  include: ['*.ts'],
});

test.each(['5.4', '5.9', '7'])('the types of the library compile with TypeScript %s', async (version) => {
  const files = { 'package.json': '{"type":"module"}', 'good/package.json': '{"type":"module"}' };
  const folder = await tempTree({
    ...files,
    'good/main.ts': good,
    'good/tsconfig.json': tsconfig,
    'bad/package.json': '{"type":"module"}',
    'bad/main.ts': bad,
    'bad/tsconfig.json': tsconfig,
  });
  const packages = [`typescript@${version}`, '@types/node@20'];
  const failed = await run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder }).then(
    () => undefined,
    (error: Error) => error.message.split('\n')[0],
  );
  if (failed !== undefined) return console.warn(`skipped: ${failed}`);
  await symlink(packageRoot, join(folder, 'node_modules', 'ts-model-archiver'));
  const compile = (project: string) =>
    run(process.execPath, [join(folder, 'node_modules/typescript/bin/tsc'), '-p', project], { cwd: folder }).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
  expect(await compile('good')).toBe('');
  const errors = await compile('bad');
  expect([...errors.matchAll(/main\.ts\((\d+),/g)].map(([, line]) => line)).toEqual(['2', '3', '4']);
});
