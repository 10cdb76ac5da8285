import { readMemberText } from '../../core/documents/text-member.ts';
import { readYaml } from '../../core/documents/yaml.ts';
import type { FileTree } from '../../core/file-tree.ts';

/** Bytes of model-config.yaml; the largest of upstream's examples has 3 kB. */
const CONFIG_BYTES = 1024 ** 2;

/** model-config.yaml as TorchServe reads it. */
export interface ModelConfig {
  readonly member: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Line of a top-level key. */
  readonly lineOf: (key: string) => number | undefined;
  /** Whether a top-level key has a number written as a float: to TorchServe `1.0` is not a whole number. */
  readonly isFloat: (key: string) => boolean;
}

export type ModelConfigReading =
  | ({ readonly kind: 'ok' } & ModelConfig)
  | { readonly kind: 'missing'; readonly member: string }
  | { readonly kind: 'unreadable'; readonly member: string; readonly reason: string; readonly line?: number };

/** One document of YAML 1.1 with a mapping at the top. */
export async function readModelConfig(tree: FileTree, member: string): Promise<ModelConfigReading> {
  if (!(await tree.has(member))) return { kind: 'missing', member };
  const text = await readMemberText(tree, member, CONFIG_BYTES);
  if (text.kind !== 'ok') return { ...text, member };
  const reading = await readYaml(text.text, { schema: 'torchserve' });
  if (reading.kind !== 'ok') return { ...reading, member };
  const { value, lineOf, isFloat } = reading;
  if (value === null || value === undefined) return { kind: 'unreadable', member, reason: 'it is empty' };
  if (!isMapping(value))
    return { kind: 'unreadable', member, reason: 'its top level is not a mapping of keys to values', line: 1 };
  return { kind: 'ok', member, values: value, lineOf, isFloat };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
