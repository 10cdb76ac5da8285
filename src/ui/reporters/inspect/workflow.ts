import type { InspectResult } from '../../../commands/inspect/result.ts';
import { formatPlural } from '../../size.ts';
import type { Style } from '../../style.ts';
import { formatTable } from '../../table.ts';
import { hangText, showText } from '../../text.ts';

type Workflow = NonNullable<InspectResult['workflow']>;

/** Rows of the header. */
export function workflowRows({ manifest }: Workflow, style: Style): [string, string][] {
  const { workflow, createdOn, archiverVersion } = manifest;
  const created = [createdOn, archiverVersion && `by archiver ${archiverVersion}`].filter(Boolean).join(' ');
  const rows: [string, string | undefined][] = [
    ['workflow', workflow?.workflowName ? style.strong(showText(workflow.workflowName)) : style.warn('unnamed')],
    ['spec', workflow?.specFile && showText(workflow.specFile)],
    ['functions', workflow?.handler && showText(workflow.handler)],
    ['created', created && showText(created)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '');
}

/** The graph, one line for each node: its kind, its settings, its children. */
export function formatWorkflow({ nodes, problems }: Workflow, style: Style): string {
  const rows = nodes.map((node) => [
    style.strong(showText(node.name)),
    node.url === undefined ? node.kind : showText(node.url),
    style.dim(describeRun(node)),
    `→ ${node.next.length === 0 ? style.good('answer') : node.next.map(showText).join(', ')}`,
  ]);
  const wrong = problems.map(({ message }) => hangText('  ', style.bad(showText(message)), style.width));
  return [
    `${style.title('graph')}  ${formatPlural(nodes.length, 'node')}`,
    ...(rows.length > 0 ? [formatTable(rows, [], '  ')] : []),
    ...wrong,
  ].join('\n');
}

function describeRun({ workers, batchSize, retryAttempts, timeoutMs }: Workflow['nodes'][number]): string {
  const parts = [formatPlural(workers, 'worker')];
  if (batchSize > 1) parts.push(`batch ${batchSize}`);
  parts.push(`${timeoutMs} ms`, retryAttempts === 0 ? 'tried once' : `up to ${retryAttempts + 1} tries`);
  return parts.join(', ');
}
