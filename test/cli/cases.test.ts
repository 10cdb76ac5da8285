import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { tempTree } from '../support/temp-tree.ts';

const folder = join(import.meta.dirname, 'cases');

interface Case {
  readonly title: string;
  readonly files: Record<string, string>;
  /** Command lines and what is seen: stdout, then stderr, then the exit code when it is not 0. */
  readonly steps: readonly { readonly line: string; readonly seen: string }[];
}

/**
 * A case is a second-level heading; its ```file NAME blocks are written first, its ```console blocks are run line by line. A line
 * of output that is `…` stands for any lines, and `‹…›` within one for any characters.
 */
function readCases(text: string): Case[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const title = part.split('\n', 1)[0] as string;
      const blocks = [...part.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)];
      const files = blocks.filter(([, kind]) => kind === 'file').map(([, , name, content]) => [name, content]);
      const steps = blocks
        .filter(([, kind]) => kind === 'console')
        .flatMap(([, , , content = '']) => content.split(/^\$ /m).slice(1))
        .map((step) => {
          const end = step.indexOf('\n');
          return { line: step.slice(0, end), seen: step.slice(end + 1) };
        });
      return { title, files: Object.fromEntries(files), steps };
    });
}

function toPattern(seen: string): RegExp {
  const escaped = seen.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/^…\n/gm, '(?:.*\\n)*?').replaceAll('‹…›', '.*')}$`);
}

/** Words of a command line; double quotes keep blanks. */
function toWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? (plain as string));
}

const files = (await readdir(folder)).filter((name) => name.endsWith('.case.md'));

describe.each(files)('%s', async (name) => {
  test.each(readCases(await readFile(join(folder, name), 'utf8')))('$title', async ({ files, steps }) => {
    expect(steps.length).toBeGreaterThan(0);
    const cwd = await tempTree(files);
    for (const { line, seen } of steps) {
      const [command = '', ...args] = toWords(line);
      const { code, stdout, stderr } = await runCli(command, args, { cwd });
      const found = `${stdout}${stderr}${code === 0 ? '' : `exit ${code}\n`}`;
      expect(found, `$ ${line}\n${found}`).toMatch(toPattern(seen));
    }
  });
});
