import type { FileTree } from '../../core/file-tree.ts';
import { readConfig } from '../../model/documents/read-model-config.ts';
import { resolveSettings, unconfigured } from '../../serve/model/model-settings.ts';
import type { InspectResult } from './result.ts';

type InspectedConfig = NonNullable<InspectResult['config']>;

/** model-config.yaml as it is written, and what `mar serve` makes of it when nothing else is said. */
export async function describeConfig(tree: FileTree, member: string | undefined): Promise<InspectedConfig | undefined> {
  if (member === undefined || !(await tree.has(member))) return undefined;
  const reading = await readConfig(tree, member);
  if (reading.kind === 'unreadable') return { member, status: 'unreadable', reason: reading.reason };
  const effective = { ...resolveSettings({}, reading.values, {}, unconfigured) };
  return { member, status: 'ok', values: { ...reading.values }, effective };
}
