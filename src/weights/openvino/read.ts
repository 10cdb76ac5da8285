import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { Budget } from '../reading/budget.ts';
import type { OpenvinoFacts, TensorFacts } from '../reading/facts.ts';
import { countElementsOf, readNamed } from '../reading/named.ts';
import { type Problems, quote } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { eachTag, type Tag } from './elements.ts';

/** The description of a network; the largest seen, of a language model, has 8 MB. */
const MAX_BYTES = 32 * 1024 ** 2;

/** OpenVINO's names of types, where numpy has others. */
const dtypes: Readonly<Record<string, string>> = {
  f16: 'float16',
  f32: 'float32',
  f64: 'float64',
  bf16: 'bfloat16',
  fp16: 'float16',
  fp32: 'float32',
  fp64: 'float64',
  i4: 'int4',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  u1: 'uint1',
  u4: 'uint4',
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
  u64: 'uint64',
  boolean: 'bool',
};

interface Port {
  readonly dtype: string;
  readonly shape: (number | null)[];
}

interface Layer {
  readonly name: string;
  readonly type: string;
  data: ReadonlyMap<string, string>;
  readonly inputs: Port[];
  readonly outputs: Port[];
}

/** Facts of an OpenVINO model from its XML; the weights are in the `.bin` beside it. */
export function readOpenvino(source: ByteSource): Promise<WeightsReading> {
  return readNamed('openvino', async (problems): Promise<OpenvinoFacts | undefined> => {
    if (source.size > MAX_BYTES) {
      problems.add(
        'weights/unknown-format',
        `The model has ${source.size} bytes of XML, of which at most ${MAX_BYTES} are read: it is not checked.`,
      );
      return undefined;
    }
    const text = Buffer.from(await source.read(0, source.size)).toString('utf8');
    const { net, layers } = readLayers(text);
    const tensors = layers.flatMap(describeConstant);
    for (const tensor of tensors) checkSize(tensor, problems);
    const ends = layers.map(({ data }) => Number(data.get('offset') ?? 0) + Number(data.get('size') ?? 0));
    return {
      format: 'openvino',
      irVersion: Number(net.get('version') ?? 0),
      name: net.get('name') ?? '',
      inputs: portsOf(layers, 'Parameter', 'outputs'),
      outputs: portsOf(layers, 'Result', 'inputs'),
      operators: countTypes(layers),
      weightsBytes: toSafeNumber(ends.reduce((most, end) => (end > most ? end : most), 0)),
      tensors,
      parameters: toSafeNumber(tensors.reduce((sum, { shape }) => sum + countElementsOf(shape), 0)),
    };
  });
}

/** Layers of the network itself: those inside another layer (a loop's body) belong to it. */
function readLayers(text: string): { net: ReadonlyMap<string, string>; layers: Layer[] } {
  const budget = new Budget();
  const layers: Layer[] = [];
  const path: string[] = [];
  let net: ReadonlyMap<string, string> | undefined;
  for (const tag of eachTag(text)) {
    if (tag.kind === 'close' && path.pop() !== tag.name) throw new Malformed(`</${tag.name}> closes nothing`, 0);
    const layer = layers.at(-1);
    if (path.length === 0 && tag.name === 'net' && tag.kind === 'open') net = tag.attributes;
    if (path.join('/') === 'net/layers' && tag.name === 'layer' && tag.kind !== 'close') {
      budget.spend(tag.attributes.get('name')?.length ?? 0, 0);
      layers.push({
        name: tag.attributes.get('name') ?? '',
        type: tag.attributes.get('type') ?? '',
        data: new Map(),
        inputs: [],
        outputs: [],
      });
    } else if (layer !== undefined && path.length >= 3 && path[2] === 'layer') fillLayer(layer, path, tag, budget);
    if (tag.kind === 'open') path.push(tag.name);
  }
  if (net === undefined || path.length > 0) throw new Malformed('the document ends too early', text.length);
  return { net, layers };
}

function fillLayer(layer: Layer, path: readonly string[], tag: Tag, budget: Budget): void {
  const place = path.slice(3).join('/');
  if (place === '' && tag.name === 'data' && tag.kind !== 'close') layer.data = tag.attributes;
  const side = place.startsWith('input') ? layer.inputs : layer.outputs;
  if ((place === 'input' || place === 'output') && tag.name === 'port' && tag.kind !== 'close') {
    budget.spend(0, 0);
    side.push({ dtype: toDtype(tag.attributes.get('precision')), shape: [] });
  }
  if ((place === 'input/port' || place === 'output/port') && tag.name === 'dim' && tag.kind === 'close') {
    const size = Number(tag.before);
    side.at(-1)?.shape.push(Number.isSafeInteger(size) && size >= 0 ? size : null);
  }
}

function toDtype(name = ''): string {
  return dtypes[name.toLowerCase()] ?? name.toLowerCase();
}

function portsOf(layers: readonly Layer[], type: string, side: 'inputs' | 'outputs'): TensorFacts[] {
  return layers
    .filter((layer) => layer.type === type)
    .flatMap(({ name, [side]: [port] }) => (port === undefined ? [] : [{ name, ...port }]));
}

function describeConstant({ name, type, data }: Layer): TensorFacts[] {
  if (type !== 'Const') return [];
  const sizes = (data.get('shape') ?? '')
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw new Malformed('a constant has no shape', 0);
  return [
    {
      name,
      dtype: toDtype(data.get('element_type')),
      shape: sizes,
      bytes: toSafeNumber(Number(data.get('size') ?? 0)),
    },
  ];
}

/** Bits of an element by the end of its type's name: `float32`, `int4`; a boolean has a byte. Texts have none. */
function bitsOf(dtype: string): number | undefined {
  if (dtype === 'bool') return 8;
  const [, bits] = /^(?:float|bfloat|u?int)(\d+)$/.exec(dtype) ?? [];
  return bits === undefined ? undefined : Number(bits);
}

function checkSize({ name, dtype, shape, bytes = 0 }: TensorFacts, problems: Problems): void {
  const bits = bitsOf(dtype);
  if (bits === undefined) return;
  const needed = Math.ceil((countElementsOf(shape) * bits) / 8);
  if (bytes !== needed)
    problems.add(
      'weights/openvino-constants',
      `The constant ${quote(name)} (${dtype}, ${shape.join('x') || 'scalar'}) needs ${needed} bytes and has ${bytes}.`,
    );
}

function countTypes(layers: readonly Layer[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of layers) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
