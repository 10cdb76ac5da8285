import { Malformed } from '../../core/documents/malformed.ts';

/** One tag of a document: opening, closing or empty. */
export interface Tag {
  readonly name: string;
  readonly kind: 'open' | 'close' | 'empty';
  readonly attributes: ReadonlyMap<string, string>;
  /** The text between the previous tag and this one. */
  readonly before: string;
}

const TAG = /<(\/?)([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/y;
const ATTRIBUTE = /([\w:.-]+)="([^"]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The tags of XML as OpenVINO writes it: no document type, no entities but XML's own, no sections of plain text. */
export function* eachTag(text: string): Generator<Tag> {
  for (let at = 0; ; ) {
    const next = text.indexOf('<', at);
    if (next < 0) return;
    const before = text.slice(at, next).trim();
    const end = skipAside(text, next);
    if (end !== undefined) {
      at = end;
      continue;
    }
    TAG.lastIndex = next;
    const found = TAG.exec(text);
    if (found === null) throw new Malformed('a tag is malformed, or not part of a model', next);
    const [whole, slash, name = '', attributes = '', empty] = found;
    yield { name, kind: slash ? 'close' : empty ? 'empty' : 'open', attributes: readAttributes(attributes), before };
    at = next + whole.length;
  }
}

/** End of a declaration or comment; undefined for a tag. */
function skipAside(text: string, at: number): number | undefined {
  const close = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : undefined;
  if (close === undefined) return undefined;
  const end = text.indexOf(close, at);
  if (end < 0) throw new Malformed('a comment does not end', at);
  return end + close.length;
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(ATTRIBUTE))
    attributes.set(
      key,
      value.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole),
    );
  return attributes;
}
