import type {
  CoremlFacts,
  ExecutorchFacts,
  GgufFacts,
  Hdf5Facts,
  KerasFacts,
  LightgbmFacts,
  OpenvinoFacts,
  SavedModelFacts,
  SkopsFacts,
  TensorFacts,
  TfliteFacts,
  TorchExportFacts,
  WeightsFacts,
  XgboostFacts,
} from '../../../weights/reading/facts.ts';
import { formatNumber, formatPlural } from '../../size.ts';
import type { Style } from '../../style.ts';
import { hangText, showText } from '../../text.ts';
import { formatTensor } from './tensor-text.ts';

/** What is said of a format: its name and the value, which may come from the file and is escaped. */
type Row = readonly [label: string, value: string | number | undefined];

/** Lines about a file that no server here runs by itself; none for the others. */
export function formatNamed(facts: WeightsFacts, style: Style): string[] {
  return rowsOf(facts)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([label, value]) => hangText(`  ${style.dim(label)}  `, showText(String(value)), style.width));
}

function rowsOf(facts: WeightsFacts): readonly Row[] {
  switch (facts.format) {
    case 'gguf':
      return ggufRows(facts);
    case 'hdf5':
      return hdf5Rows(facts);
    case 'tflite':
      return tfliteRows(facts);
    case 'executorch':
      return executorchRows(facts);
    case 'saved-model':
      return savedModelRows(facts);
    case 'tensorflow-graph':
      return [['nodes', countsText(facts.operators)]];
    case 'coreml':
      return coremlRows(facts);
    case 'keras':
      return kerasRows(facts);
    case 'skops':
      return skopsRows(facts);
    case 'torch-export':
      return torchExportRows(facts);
    case 'openvino':
      return openvinoRows(facts);
    case 'xgboost':
      return xgboostRows(facts);
    case 'lightgbm':
      return lightgbmRows(facts);
    case 'nemo':
      return [
        ['class', facts.target],
        ['NeMo', facts.version],
        ['members', facts.members.join(', ')],
      ];
    default:
      return [];
  }
}

function ggufRows({ version, architecture, metadata, byteOrder }: GgufFacts): Row[] {
  const name = metadata['general.name'];
  return [
    ['version', byteOrder === 'big' ? `${version}, big-endian` : version],
    ['architecture', architecture],
    ['name', typeof name === 'string' ? name : undefined],
    ['metadata', `${formatNumber(Object.keys(metadata).length)} values`],
  ];
}

function hdf5Rows({ superblock, keras, complete }: Hdf5Facts): Row[] {
  return [
    ['superblock', `version ${superblock}`],
    ['keras', keras && [keras.version, keras.backend && `over ${keras.backend}`].filter(Boolean).join(' ')],
    ['model', keras?.class && [keras.class, keras.name].filter(Boolean).join(' ')],
    ['layers', keras && countsText(keras.layers)],
    ['listed', complete ? undefined : 'not every dataset: a group is kept in a form that is not read'],
  ];
}

interface Signature {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
}

function signatureRows({ inputs, outputs }: Signature): Row[] {
  const row =
    (label: string) =>
    (tensor: TensorFacts): Row => [label, `${tensor.name}  ${formatTensor(tensor)}`];
  return [...inputs.map(row('in')), ...outputs.map(row('out'))];
}

function tfliteRows(facts: TfliteFacts): Row[] {
  return [
    ...signatureRows(facts),
    ['operators', countsText(facts.operators)],
    ['needs custom operators', facts.customOperators.join(', ')],
    ['schema', `version ${facts.version}`],
    ['made by', facts.description],
    ['metadata', facts.metadata.join(', ')],
  ];
}

function executorchRows({ identifier, methods }: ExecutorchFacts): Row[] {
  return [
    ['file', identifier],
    ...methods.flatMap((method): Row[] => [
      ['method', method.name],
      ...signatureRows(method),
      ['operators', method.operators.join(', ')],
      ['delegates', method.delegates.join(', ')],
    ]),
  ];
}

function savedModelRows({ graphs, operators }: SavedModelFacts): Row[] {
  return [
    ...graphs.flatMap(({ tags, version, signatures }): Row[] => [
      ['tags', tags.join(', ')],
      ['TensorFlow', version],
      ...signatures.flatMap((signature): Row[] => [['signature', signature.name], ...signatureRows(signature)]),
    ]),
    ['nodes', countsText(operators)],
  ];
}

function coremlRows(facts: CoremlFacts): Row[] {
  return [
    ...signatureRows(facts),
    ['type', facts.type],
    ['specification', `version ${facts.specificationVersion}`],
    ['description', facts.description],
    ['author', facts.author],
    ['license', facts.license],
  ];
}

function kerasRows({ version, savedAt, class: type, name, layers }: KerasFacts): Row[] {
  return [
    ['Keras', version],
    ['saved', savedAt],
    ['model', [type, name].filter(Boolean).join(' ')],
    ['layers', countsText(layers)],
  ];
}

function skopsRows({ class: type, version, protocol, types }: SkopsFacts): Row[] {
  return [
    ['class', type],
    ['skops', `${version ?? 'unknown'}, protocol ${protocol}`],
    ['types', types.join(', ')],
  ];
}

function torchExportRows(facts: TorchExportFacts): Row[] {
  const { torch, archiveVersion, schema, inputs, outputs, operators, libraries } = facts;
  return [
    ['torch', torch],
    ['archive', archiveVersion && `version ${archiveVersion}`],
    ['schema', schema && `${schema.major}.${schema.minor}`],
    ['in', inputs.join(', ')],
    ['out', outputs.join(', ')],
    ['nodes', countsText(operators)],
    ['compiled code', libraries.join(', ')],
  ];
}

function openvinoRows(facts: OpenvinoFacts): Row[] {
  return [
    ...signatureRows(facts),
    ['layers', countsText(facts.operators)],
    ['IR', `version ${facts.irVersion}`],
    ['name', facts.name],
    ['needs next to it', facts.weightsBytes > 0 ? `a .bin of ${formatNumber(facts.weightsBytes)} bytes` : undefined],
  ];
}

function xgboostRows({ encoding, objective, booster, features, classes, trees }: XgboostFacts): Row[] {
  return [
    ['form', encoding],
    ['objective', objective],
    ['booster', booster],
    ['trees', trees],
    ['features', features],
    ['classes', classes === 0 ? undefined : classes],
  ];
}

function lightgbmRows({ version, objective, trees, features, classes }: LightgbmFacts): Row[] {
  return [
    ['version', version],
    ['objective', objective],
    ['trees', trees],
    ['features', features],
    ['classes', classes > 1 ? classes : undefined],
  ];
}

/** Kinds that are named; the rest is counted. */
const SHOWN_KINDS = 12;

/** `12: Dense 8, Dropout 4`. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const shown = entries.slice(0, SHOWN_KINDS).map(([name, count]) => `${name} ${formatNumber(count)}`);
  const rest = entries.length - shown.length;
  return total === 0
    ? ''
    : `${formatNumber(total)}: ${shown.join(', ')}${rest > 0 ? ` and ${formatPlural(rest, 'more kind')}` : ''}`;
}
