import type { Document, ScalarTag, Tags } from 'yaml';

/** Aliases a document may expand to; without a bound nested ones grow exponentially. */
const MAX_ALIASES = 100;

/** YAML 1.1, as Java's SnakeYAML and Python's PyYAML read it: `010` is 8, `2:00` is 120, `yes` is true, `<<` merges. */
const torchServeSchema = { version: '1.1', schema: 'yaml-1.1', customTags: withoutLetters } as const;
/** YAML 1.2, for documents of our own. */
const coreSchema = { version: '1.2', schema: 'core', customTags: null } as const;
/** Every scalar is the text that stands there: for names and versions, of which `3.10` is no number. */
const textSchema = { version: '1.2', schema: 'failsafe', customTags: null } as const;
const schemas = { torchserve: torchServeSchema, core: coreSchema, text: textSchema } as const;

/** SnakeYAML and PyYAML leave `y` and `n` alone, though YAML 1.1 lists them. */
const TRUE = /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/;
const FALSE = /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/;

function withoutLetters(tags: Tags): Tags {
  return tags.map((tag) => (isBoolean(tag) ? { ...tag, test: tag.test.test('true') ? TRUE : FALSE } : tag));
}

function isBoolean(tag: Tags[number]): tag is ScalarTag & { test: RegExp } {
  return typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:bool' && tag.test instanceof RegExp;
}

export interface YamlOptions {
  /** Whose reading of YAML: TorchServe's for documents of an archive, the core schema for our own, plain text for other tools'. */
  readonly schema: keyof typeof schemas;
  /** Mappings as `Map`, which keeps their order whatever the keys. Default: plain objects. */
  readonly asMap?: boolean;
  /** For documents that refer to anchors by design. */
  readonly maxAliases?: number;
}

export type YamlReading =
  | {
      readonly kind: 'ok';
      readonly value: unknown;
      /** Line of a key of the top mapping. */
      readonly lineOf: (key: string) => number | undefined;
      /** Whether a key of the top mapping has a number written as a float (`1.0`, `1e3`). */
      readonly isFloat: (key: string) => boolean;
    }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly line: number };

/** A YAML document as data: tags only make plain values, aliases are limited, duplicate keys are refused. */
export async function readYaml(text: string, options: YamlOptions): Promise<YamlReading> {
  const { LineCounter, parseAllDocuments, isMap, isScalar } = await import('yaml');
  const lines = new LineCounter();
  const bad = (reason: string, offset = 0): YamlReading => ({
    kind: 'unreadable',
    reason: reason.replace(/\.$/, ''),
    line: lines.linePos(offset).line,
  });
  const documents = withinStack(() =>
    parseAllDocuments(text, {
      ...schemas[options.schema],
      lineCounter: lines,
      uniqueKeys: true,
      prettyErrors: false,
      // Its warnings are reported here; it must not write to stderr itself.
      logLevel: 'error',
    }),
  );
  if (documents === undefined) return bad(TOO_DEEP);
  const [document, next] = 'empty' in documents ? [] : documents;
  if (document === undefined) return { kind: 'ok', value: null, lineOf: () => undefined, isFloat: () => false };
  const [problem] = [...document.errors, ...document.warnings];
  // The library reports an exhausted stack as an error of the document.
  if (problem?.message.startsWith('Maximum call stack')) return bad(TOO_DEEP);
  if (problem) return bad(problem.message, problem.pos[0]);
  if (next) return bad('it has several documents, and only one is read', next.range[0]);
  if (options.schema === 'torchserve') {
    const tab = await findTab(text);
    if (tab !== undefined) return bad('a tab is used where YAML needs spaces', tab);
  }
  const value = toValue(document, options);
  if (value.kind === 'unreadable') return bad(value.reason);
  const { contents } = document;
  const pairOf = (key: string) =>
    isMap(contents) ? contents.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  return {
    ...value,
    lineOf: (key) => {
      const at = pairOf(key)?.key;
      return isScalar(at) && at.range ? lines.linePos(at.range[0]).line : undefined;
    },
    isFloat: (key) => {
      const at = pairOf(key)?.value;
      return isScalar(at) && typeof at.value === 'number' && /^[-+]?[\d_]*(\.|\d[eE])/.test(at.source ?? '');
    },
  };
}

type Value =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly reason: string };

function toValue(document: Document, { asMap = false, maxAliases = MAX_ALIASES }: YamlOptions): Value {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases, mapAsMap: asMap });
    if (hasCycle(value, new Map())) return { kind: 'unreadable', reason: 'an anchor is used inside itself' };
    return { kind: 'ok', value };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'unreadable', reason: TOO_DEEP };
    // The library's messages for too many aliases, and for an alias without an anchor before it.
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}

const TOO_DEEP = 'values are nested too deeply';

/** The library's parser is recursive; undefined if the document exhausts the stack. */
function withinStack<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An alias inside its own anchor makes a value that contains itself, which cannot be printed. */
function hasCycle(value: unknown, states: Map<unknown, 'open' | 'done'>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const state = states.get(value);
  if (state !== undefined) return state === 'open';
  states.set(value, 'open');
  const children = value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value);
  const found = children.some((child) => hasCycle(child, states));
  states.set(value, 'done');
  return found;
}

/** Offset of a tab outside scalars and comments, which SnakeYAML and PyYAML refuse and the library accepts. */
async function findTab(text: string): Promise<number | undefined> {
  if (!text.includes('\t')) return undefined;
  const { Lexer } = await import('yaml');
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (/^[ \t]*\t[ \t]*$/.test(token)) return offset + token.indexOf('\t');
    // The lexer's marks for a document, a scalar and the end of a flow are not characters of the text.
    if (!/^[\u0002\u0018\u001f\ufeff]$/.test(token)) offset += token.length;
  }
  return undefined;
}
