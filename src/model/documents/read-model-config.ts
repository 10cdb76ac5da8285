import { readAll } from '../../core/byte-source.ts';
import type { FileTree } from '../../core/file-tree.ts';
import type { ConfigReading } from '../facts.ts';

/** Bytes of model-config.yaml; the largest of upstream's examples has 3 kB. */
const CONFIG_BYTES = 1024 ** 2;
/** Aliases of a document; without a bound nested ones grow exponentially. */
const MAX_ALIASES = 100;

/** YAML 1.2 as data: no tag makes anything but plain values, aliases are bounded, one document, keys once. */
export async function readConfig(tree: FileTree, member: string): Promise<ConfigReading> {
  const bad = (reason: string, line?: number): ConfigReading => ({
    kind: 'unreadable',
    member,
    reason,
    ...(line === undefined ? {} : { line }),
  });
  const source = await tree.open(member);
  try {
    if (source.size > CONFIG_BYTES) return bad(`it has ${source.size} bytes, more than the limit of ${CONFIG_BYTES}`);
    const text = decode(await readAll(source, CONFIG_BYTES));
    if (text === undefined) return bad('it is not UTF-8');
    return await parseConfig(member, text, bad);
  } finally {
    await source.close();
  }
}

async function parseConfig(
  member: string,
  text: string,
  bad: (reason: string, line?: number) => ConfigReading,
): Promise<ConfigReading> {
  const { LineCounter, isMap, isScalar, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    schema: 'core',
    customTags: null,
    prettyErrors: false,
    // What it warns of becomes a finding; it must not write to anybody's stderr by itself.
    logLevel: 'error',
  });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) return bad(problem.message.replace(/\.$/, ''), lines.linePos(problem.pos[0]).line);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return bad('it is empty');
  const { contents } = document;
  if (!isMap(contents)) return bad('its top level is no mapping of keys to values', 1);
  try {
    // `contents` is a map, so the result is an object; keys that are no strings become strings.
    const values = document.toJS({ maxAliasCount: MAX_ALIASES }) as Record<string, unknown>;
    const lineOf = (key: string) => {
      const pair = contents.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      const at = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      return at === undefined ? undefined : lines.linePos(at).line;
    };
    return { kind: 'ok', member, values, lineOf };
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error));
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The decoder's only error: the bytes are not UTF-8, which the caller words.
    return undefined;
  }
}
