import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inspect } from '../../src/commands/inspect/inspect.ts';
import type { InspectResult } from '../../src/commands/inspect/result.ts';
import { inspectResultSchema } from '../../src/commands/inspect/result.ts';
import { pack } from '../../src/commands/pack/pack.ts';
import { validate } from '../../src/commands/validate/validate.ts';
import { testContext } from './context.ts';
import { tempTree } from './temp-tree.ts';

/** What inspect says of the artefact at `path`, seen from `cwd`; undefined where no tool is known. */
export async function inspectArtefact(cwd: string, path: string): Promise<InspectResult['artefact']> {
  const result = await inspect({ path }, testContext(cwd));
  inspectResultSchema.parse(result);
  return result.artefact;
}

/** Words as the shell of a reader makes them of a line. */
async function splitLine(line: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('bash', ['-c', `printf '%s\\0' ${line}`]);
  return stdout.split('\0').slice(0, -1);
}

/** Runs a line that inspect printed, and judges the archive that it writes. */
export async function packPrinted(cwd: string, line: string) {
  const [mar, command, ...words] = await splitLine(line);
  if (mar !== 'mar' || command !== 'pack') throw new Error(`${line} is no line of mar pack`);
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) given.set(words[at] ?? '', words[at + 1] ?? '');
  const [from, modelName, version, handler] = ['--from', '--model-name', '--version', '--handler'].map((name) =>
    given.get(name),
  );
  const packed = await pack(
    {
      ...(from !== undefined && { from }),
      ...(modelName !== undefined && { modelName }),
      ...(version !== undefined && { version }),
      ...(handler !== undefined && { handler }),
      config: false,
    },
    testContext(cwd),
  );
  const report = await validate({ path: packed.path }, testContext(cwd));
  const errors = report.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  return { packed, errors, names: packed.files.map(({ path }) => path), model: packed.manifest.model };
}

/** A folder `m` of these files: what inspect says of it and, where it prints a line, what that packs; a handler that has to be written is. */
export async function packFiles(files: Readonly<Record<string, string | Uint8Array>>) {
  const inside = Object.entries(files).map(([path, content]) => [`m/${path}`, content]);
  const cwd = await tempTree({
    ...Object.fromEntries(inside),
    'handler.py': 'def handle(data, context):\n    return data\n',
  });
  const artefact = await inspectArtefact(cwd, 'm');
  const line = artefact?.pack.lines[0];
  return { artefact, packed: line === undefined ? undefined : await packPrinted(cwd, line) };
}
