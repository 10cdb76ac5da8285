import { join } from 'node:path';
import { type DiffOptions, type DiffResult, diff } from '../../../src/commands/diff/diff.ts';
import { testContext } from '../../support/context.ts';
import { type MarContent, makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

export const handler = 'def handle(data, context):\n    return data\n';
/** What both archives are made of; a case changes the second. */
export const base: MarContent = {
  manifest: manifestOf({ configFile: 'model-config.yaml', requirementsFile: 'requirements.txt' }),
  files: {
    'handler.py': handler,
    'model-config.yaml': 'batchSize: 2\ndepth: 3\n',
    'requirements.txt': 'numpy==1.26.0\n',
    'index_to_name.json': '{"0": "cat", "1": "dog"}',
    'README.md': 'one',
    'vocab/words.txt': 'a b c',
  },
};

export interface Change {
  /** Other texts of files; undefined leaves one out. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly manifest?: unknown;
}

export interface Case extends Change {
  readonly name: string;
  readonly verdict: DiffResult['verdict'];
  readonly semver: DiffResult['semver'];
  /** Area, change, name and impact of each. */
  readonly differences: readonly unknown[];
}

export async function diffOf({ files = {}, manifest }: Change, failOn?: DiffOptions['failOn']): Promise<DiffResult> {
  const root = await tempTree();
  await makeMar(join(root, 'a.mar'), base);
  const all: Record<string, string> = {};
  for (const [path, text] of Object.entries({ ...base.files, ...files }))
    if (text !== undefined) all[path] = String(text);
  await makeMar(join(root, 'b.mar'), { manifest: manifest ?? base.manifest, files: all });
  return diff({ before: 'a.mar', after: 'b.mar', ...(failOn && { failOn }) }, testContext(root));
}

export function listOf({ differences }: DiffResult): unknown[] {
  return differences.map(({ area, change, name, impact }) => [area, change, name, impact]);
}
