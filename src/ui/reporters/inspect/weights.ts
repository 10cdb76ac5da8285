import type { InspectResult } from '../../../commands/inspect/result.ts';
import type { OnnxFacts, TensorFacts } from '../../../weights/reading/facts.ts';
import { formatBytes, formatNumber, formatPlural } from '../../size.ts';
import type { Style } from '../../style.ts';
import { formatTable } from '../../table.ts';
import { hangText, showText } from '../../text.ts';
import { formatNamed } from './named-formats.ts';
import { formatTensor } from './tensor-text.ts';

type InspectedWeights = InspectResult['weights'][number];

/** Number of largest tensors listed, if there are at least twice as many. */
const SHOWN_TENSORS = 5;
/** Most operators listed; the rest is counted. */
const SHOWN_OPERATORS = 12;

export function formatWeights({ member, detected, facts, problems }: InspectedWeights, style: Style): string {
  const kind = detected ?? facts?.format ?? 'not recognised as weights';
  const lines = [
    `${style.title('weights')}  ${style.strong(showText(member))}  ${describeKind(kind)}${countText(facts)}`,
  ];
  if (facts?.format === 'onnx') lines.push(...onnxLines(facts, style));
  if (facts) lines.push(...formatNamed(facts, style));
  if (facts && facts.tensors.length > 0)
    lines.push(tensorLine(facts.tensors, style), ...largestLines(facts.tensors, style));
  for (const { rule, message } of problems) {
    lines.push(hangText(`  ${style.warn(rule)}  `, showText(message), style.width));
  }
  return lines.join('\n');
}

/** As the reader calls it, ONNX as its people do. */
function describeKind(kind: string): string {
  return kind === 'onnx' ? 'ONNX' : showText(kind);
}

function countText(facts: InspectedWeights['facts']): string {
  return facts?.parameters === undefined ? '' : `, ${formatPlural(facts.parameters, 'parameter')}`;
}

function onnxLines(facts: OnnxFacts, style: Style): string[] {
  const { inputs, outputs, opsets, irVersion, producer, externalData, customDomains } = facts;
  const signature = [
    ...inputs.map((tensor) => signatureRow('in', tensor, style)),
    ...outputs.map((tensor) => signatureRow('out', tensor, style)),
  ];
  const opset = opsets
    .map(({ domain, version }) => (domain === '' ? `${version}` : `${showText(domain)} ${version}`))
    .join(', ');
  const made = producer === '' ? '' : `, made by ${showText(producer)}`;
  return [
    ...(signature.length > 0 ? [formatTable(signature, [], '  ')] : []),
    hangText(`  ${style.dim('nodes')}  `, operatorText(facts), style.width),
    `  ${style.dim('opset')}  ${opset}, IR version ${irVersion}${made}`,
    ...(externalData.length > 0 ? [`  ${style.dim('data in other files')}  ${externalNames(facts)}`] : []),
    ...(customDomains.length > 0
      ? [`  ${style.warn('needs custom operators of')}  ${customDomains.map(showText).join(', ')}`]
      : []),
  ];
}

/** `tensors  148: float32 146, int64 2`. */
function tensorLine(tensors: readonly TensorFacts[], style: Style): string {
  const counts = new Map<string, number>();
  for (const { dtype } of tensors) counts.set(dtype, (counts.get(dtype) ?? 0) + 1);
  const sorted = [...counts].sort(([, m], [, n]) => n - m);
  const text = sorted.map(([dtype, count]) => `${dtype} ${formatNumber(count)}`).join(', ');
  return hangText(`  ${style.dim('tensors')}  `, `${formatNumber(tensors.length)}: ${text}`, style.width);
}

function largestLines(tensors: readonly TensorFacts[], style: Style): string[] {
  if (tensors.length < 2 * SHOWN_TENSORS) return [];
  const largest = [...tensors].sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0)).slice(0, SHOWN_TENSORS);
  const rows = largest.map((tensor, index) => [style.dim(index === 0 ? 'largest' : ''), ...tensorRow(tensor, style)]);
  return [formatTable(rows, [{}, {}, {}, { align: 'right' }], '  ')];
}

/** Every tensor of one weights file, in its own order. */
export function formatTensors({ member, facts }: InspectedWeights, style: Style): string {
  const title = `${style.title('tensors')}  ${style.strong(showText(member))}`;
  if (!facts) return `${title}  ${style.warn('cannot be read')}`;
  const rows = facts.tensors.map((tensor) => tensorRow(tensor, style));
  return `${title}  ${formatNumber(rows.length)}${rows.length > 0 ? '\n' : ''}${formatTable(rows, [{}, {}, { align: 'right' }], '  ')}`;
}

function tensorRow(tensor: TensorFacts, style: Style): string[] {
  const size = tensor.bytes === undefined ? '' : formatBytes(tensor.bytes);
  return [showText(tensor.name), style.accent(formatTensor(tensor)), size];
}

function signatureRow(direction: string, tensor: TensorFacts, style: Style): string[] {
  return [style.dim(direction.padEnd(5)), showText(tensor.name), style.accent(formatTensor(tensor))];
}

function externalNames({ externalData }: OnnxFacts): string {
  return [...new Set(externalData.map(({ location }) => showText(location)))].join(', ');
}

/** `Conv 12, Relu 8, … (34 nodes)`, the most frequent first. */
function operatorText({ operators }: OnnxFacts): string {
  const sorted = Object.entries(operators).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const shown = sorted.slice(0, SHOWN_OPERATORS).map(([name, count]) => `${showText(name)} ${formatNumber(count)}`);
  const rest = sorted.length - shown.length;
  return `${formatNumber(total)}: ${shown.join(', ')}${rest > 0 ? ` and ${formatPlural(rest, 'more kind')}` : ''}`;
}
