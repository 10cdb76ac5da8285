import type { FileTree } from '../core/file-tree.ts';
import { readConfig } from '../validate/read-config.ts';
import type { InspectResult } from './inspect-result.ts';

type InspectedConfig = NonNullable<InspectResult['config']>;

/** model-config.yaml as it is written, and what `mar serve` makes of it when nothing else is said. */
export async function describeConfig(tree: FileTree, member: string | undefined): Promise<InspectedConfig | undefined> {
  if (member === undefined || !(await tree.has(member))) return undefined;
  const reading = await readConfig(tree, member);
  if (reading.kind === 'unreadable') return { member, status: 'unreadable', reason: reading.reason };
  return { member, status: 'ok', values: { ...reading.values }, effective: await toEffective(reading.values) };
}

async function toEffective(values: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const [{ resolveConfig }, { resolveSettings }] = await Promise.all([
    import('../serve/server-config.ts'),
    import('../serve/model-settings.ts'),
  ]);
  const server = resolveConfig(undefined, {}, {}).values;
  const defaults = {
    workers: server.default_workers_per_model,
    responseTimeout: server.default_response_timeout,
    startupTimeout: server.default_startup_timeout,
    jobQueueSize: server.job_queue_size,
  };
  return { ...resolveSettings({}, values, {}, defaults) };
}
