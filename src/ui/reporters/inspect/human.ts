import type { InspectResult } from '../../../commands/inspect/result.ts';
import { formatBytes, formatPlural } from '../../size.ts';
import type { Style } from '../../style.ts';
import { formatTable } from '../../table.ts';
import { hangText, showText } from '../../text.ts';
import { formatFindings } from '../findings-text.ts';
import { formatArtefact } from './artefact.ts';
import { formatConfig } from './config.ts';
import { formatTensors, formatWeights } from './weights.ts';
import { formatWorkflow, workflowRows } from './workflow.ts';

/** Most files listed; the rest is counted. `--files` and the JSON list all. */
const SHOWN_FILES = 40;
const SHOWN_WEIGHTS = 8;

/** Parts that can be selected; each is then complete. */
export const inspectViews = ['manifest', 'files', 'tensors'] as const;
type View = (typeof inspectViews)[number];

/** The selected views, or one screen: the archive, its files, inputs and outputs of the model, which servers can run it. */
export function formatInspect(result: InspectResult, style: Style, views: readonly View[] = []): string {
  const sections =
    views.length > 0 ? views.flatMap((view) => formatView(view, result, style)) : formatScreen(result, style);
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function formatScreen(result: InspectResult, style: Style): string[] {
  return [
    formatHead(result, style),
    result.workflow ? formatWorkflow(result.workflow, style) : '',
    result.artefact ? formatArtefact(result.artefact, style) : '',
    formatFiles(result, style, SHOWN_FILES),
    ...result.weights.slice(0, SHOWN_WEIGHTS).map((weights) => formatWeights(weights, style)),
    formatRest(result.weights.length - SHOWN_WEIGHTS, style),
    result.config ? formatConfig(result.config, style) : '',
    formatRuns(result, style),
    formatFindings(result.findings, style),
  ];
}

function formatView(view: View, result: InspectResult, style: Style): string[] {
  switch (view) {
    case 'manifest':
      if (result.workflow) return [formatJson(result.workflow.manifest)];
      return [result.manifest.status === 'ok' ? formatJson(result.manifest.value) : formatHead(result, style)];
    case 'files':
      return [formatFiles(result, style, Number.POSITIVE_INFINITY)];
    case 'tensors':
      return result.weights.map((weights) => formatTensors(weights, style));
  }
}

function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(showText).join('\n');
}

const formats = {
  zip: 'ZIP archive',
  tgz: 'gzipped tar archive',
  tar: 'tar archive',
  folder: 'folder',
  file: 'weights file',
} as const satisfies Record<InspectResult['format'], string>;

function formatHead(result: InspectResult, style: Style): string {
  const kind = result.files ? formats[result.format] : style.bad('not readable as an archive');
  const title = `${style.title(showText(result.path))}  ${kind}, ${formatBytes(result.size)}`;
  const rows: [string, string][] = [];
  if (result.workflow) rows.push(...workflowRows(result.workflow, style));
  else if (result.format !== 'file' && result.files) rows.push(...manifestRows(result, style));
  if (result.sha256 !== undefined) rows.push(['sha256', result.sha256]);
  if (rows.length === 0) return title;
  return `${title}\n${formatTable(
    rows.map(([label, value]) => [style.dim(label), value]),
    [],
    '  ',
  )}`;
}

function manifestRows({ manifest, handler, handlerCode, takenFor }: InspectResult, style: Style): [string, string][] {
  if (manifest.status === 'missing') return [['manifest', style.warn('none (MAR-INF/MANIFEST.json is not there)')]];
  if (manifest.status === 'unreadable') return [['manifest', style.bad(showText(manifest.reason))]];
  const { model, runtime, createdOn, archiverVersion } = manifest.value;
  const version = model?.modelVersion ?? model?.version;
  const name = model?.modelName === undefined ? style.warn('unnamed') : style.strong(showText(model.modelName));
  const created = [createdOn, archiverVersion && `by archiver ${archiverVersion}`].filter(Boolean).join(' ');
  return [
    ['model', version === undefined ? name : `${name}  version ${showText(version)}`],
    ['handler', describeHandler(handler, style)],
    ...(takenFor === undefined ? [] : [row('', showText(takenFor))]),
    ...codeRows(handlerCode, style),
    ...(runtime === undefined ? [] : [row('runtime', showText(runtime))]),
    ...(created === '' ? [] : [row('created', showText(created))]),
  ];
}

const row = (label: string, text: string): [string, string] => [label, text];

function codeRows(code: InspectResult['handlerCode'], style: Style): [string, string][] {
  if (!code) return [];
  const names = (list: readonly string[]) => list.map(showText).join(', ');
  const { entry, imports } = code;
  return [
    ['  entry', entry.length === 0 ? style.warn('none found') : names(entry)],
    ...(imports.length > 0 ? [row('  imports', names(imports))] : []),
  ];
}

function describeHandler(handler: InspectResult['handler'], style: Style): string {
  switch (handler.kind) {
    case 'none':
      return style.warn('none');
    case 'builtin':
      return `${style.strong(handler.name)}  built-in`;
    case 'module':
      return `${style.strong(showText(handler.member))}${describeEntry(handler.entryPoint)}  JavaScript module`;
    case 'python':
      return `${style.strong(showText(handler.member))}${describeEntry(handler.entryPoint)}  Python`;
    case 'cpp':
      return `${style.strong(showText(handler.name))}  C++ library`;
    case 'missing':
      return style.bad(`${showText(handler.text)}  not in the archive`);
  }
}

function describeEntry(entryPoint: string | undefined): string {
  return entryPoint === undefined ? '' : `:${showText(entryPoint)}`;
}

function formatFiles({ files, format }: InspectResult, style: Style, most: number): string {
  if (files === undefined || format === 'file') return '';
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const rows = files
    .slice(0, most)
    .map(({ path, size, packed, sha256 }) => [
      showText(path),
      formatBytes(size),
      ...(packed === undefined
        ? []
        : [packed.method === 'stored' ? 'stored' : `deflated to ${formatBytes(packed.size)}`, style.dim(packed.crc32)]),
      ...(sha256 === undefined ? [] : [style.dim(sha256)]),
    ]);
  const rest = files.length - rows.length;
  return [
    `${style.title('files')}  ${formatPlural(files.length, 'file')}, ${formatBytes(total)} unpacked`,
    ...(rows.length > 0 ? [formatTable(rows, [{}, { align: 'right' }], '  ')] : []),
    ...(rest > 0 ? [style.dim(`  … and ${formatPlural(rest, 'more file')} (all of them with --files)`)] : []),
  ].join('\n');
}

function formatRest(count: number, style: Style): string {
  return count > 0 ? style.dim(`… and ${formatPlural(count, 'more weights file')} (all of them with --json)`) : '';
}

function formatRuns({ runs }: InspectResult, style: Style): string {
  if (runs.length === 0) return '';
  const labels = { yes: style.good('yes'), no: style.bad('no '), unknown: style.warn('?  ') } as const;
  const width = Math.max(...runs.map(({ server }) => server.length));
  const lines = runs.map(({ server, able, why }) => {
    return hangText(`  ${server.padEnd(width)}  ${labels[able]}  `, showText(why), style.width);
  });
  return [style.title('runs on'), ...lines].join('\n');
}
