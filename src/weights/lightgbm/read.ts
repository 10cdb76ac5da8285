import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import type { LightgbmFacts } from '../reading/facts.ts';
import { readNamed } from '../reading/named.ts';
import type { WeightsReading } from '../reading/reading.ts';

/** Maximum size of the lines before the first tree: names of features and sizes of trees, 2 MB for 100,000 of both. */
const MAX_HEADER_BYTES = 16 * 1024 ** 2;

/** Facts of a LightGBM model from the lines before its first tree. */
export function readLightgbm(source: ByteSource): Promise<WeightsReading> {
  return readNamed('lightgbm', async (): Promise<LightgbmFacts> => {
    const text = Buffer.from(await source.read(0, Math.min(source.size, MAX_HEADER_BYTES))).toString('utf8');
    const lines = text.replaceAll('\r\n', '\n').split('\n\n', 1)[0]?.split('\n') ?? [];
    const values = new Map(lines.map(splitLine));
    const sizes = words(values.get('tree_sizes'));
    checkSizes(sizes, source.size - Buffer.byteLength(lines.join('\n')));
    const features = numberOf(values, 'max_feature_idx');
    return {
      format: 'lightgbm',
      version: values.get('version') ?? '',
      objective: values.get('objective') ?? '',
      classes: numberOf(values, 'num_class') ?? 1,
      treesPerIteration: numberOf(values, 'num_tree_per_iteration') ?? 1,
      ...(features !== undefined && { features: features + 1 }),
      featureNames: words(values.get('feature_names')),
      trees: sizes.length,
      tensors: [],
    };
  });
}

/** The sizes are of the trees' texts, which follow. */
function checkSizes(sizes: readonly string[], left: number): void {
  const total = sizes.reduce((sum, size) => sum + Number(size), 0);
  if (!(total <= left)) throw new Malformed(`its trees have ${total} bytes, and ${left} follow its header`, 0);
}

/** `key=value`; a line that is one word has no value. */
function splitLine(line: string): [key: string, value: string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

function words(text = ''): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function numberOf(values: ReadonlyMap<string, string>, key: string): number | undefined {
  const text = values.get(key) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
