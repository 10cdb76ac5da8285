import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { describeError, systemCode, ToolError } from '../../core/errors.ts';
import { type ValidateReporter, validateReporters } from '../../ui/reporters/validate/index.ts';
import { createStyle, type Style } from '../../ui/style.ts';

export interface ReportFile {
  readonly reporter: ValidateReporter;
  readonly path: string;
}

/** `FORMAT` is printed, the last of several; every `FORMAT=FILE` is written to its file. */
export function parseReporters(given: readonly string[] = []): { printed: ValidateReporter; files: ReportFile[] } {
  const parsed = given.map((text) => {
    const [, name = '', path] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
    if (isReporter(name) && path !== '') return { reporter: name, path };
    const expected = `one of ${Object.keys(validateReporters).join(', ')}, or one with =FILE`;
    throw new ToolError('INVALID_OPTION', { option: 'reporter', found: JSON.stringify(text), expected });
  });
  const files = parsed.flatMap(({ reporter, path }) => (path === undefined ? [] : [{ reporter, path }]));
  return { printed: parsed.findLast(({ path }) => path === undefined)?.reporter ?? 'human', files };
}

function isReporter(name: string): name is ValidateReporter {
  return Object.hasOwn(validateReporters, name);
}

/** Writes the reports to files, without colour. Throws FILE_UNWRITABLE. */
export async function writeReports(
  files: readonly ReportFile[],
  format: (reporter: ValidateReporter, style: Style) => string,
  { cwd }: Context,
): Promise<void> {
  const style = createStyle({ color: false, unicode: true });
  for (const { reporter, path } of files) {
    try {
      await writeFile(resolve(cwd, path), format(reporter, style));
    } catch (cause) {
      throw new ToolError('FILE_UNWRITABLE', { path, reason: systemCode(cause) ?? describeError(cause) }, { cause });
    }
  }
}
