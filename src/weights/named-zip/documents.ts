import type { ByteSource } from '../../core/byte-source.ts';
import { readJsonDocument } from '../../core/documents/json-document.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { quote } from '../reading/problem.ts';
import type { LenientMember } from '../zip/lenient-zip.ts';
import { openMember } from '../zip/open-member.ts';

/** The description of a graph: 3 MB for the largest exported model seen. */
const MAX_JSON_BYTES = 64 * 1024 ** 2;
/** Nesting of such a description; an estimator in a pipeline in a search takes 60. */
const MAX_DEPTH = 120;
/** A version or a name. */
const MAX_WORD_BYTES = 256;

export type Json = Readonly<Record<string, unknown>>;

/** The members of one archive, by name. */
export class Documents {
  readonly #source: ByteSource;
  readonly #members: ReadonlyMap<string, LenientMember>;

  constructor(source: ByteSource, members: readonly LenientMember[]) {
    this.#source = source;
    this.#members = new Map(members.map((member) => [member.name, member]));
  }

  names(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** At most `limit` bytes of a member; undefined if it does not exist. */
  async open(name: string, limit = MAX_JSON_BYTES): Promise<ByteSource | undefined> {
    const member = this.#members.get(name);
    return member && openMember(this.#source, member, limit);
  }

  /** Throws Malformed for a member that is not a JSON object. */
  async json(name: string): Promise<Json | undefined> {
    const content = await this.open(name);
    if (content === undefined) return undefined;
    const limit = `${quote(name)} has more than ${MAX_JSON_BYTES} bytes`;
    if (content.size >= MAX_JSON_BYTES) throw new Malformed(limit, 0);
    const reading = readJsonDocument(await content.read(0, content.size), MAX_DEPTH);
    if (reading.kind !== 'ok') throw new Malformed(`${quote(name)} is not readable JSON: ${reading.reason}`, 0);
    if (!isObject(reading.value)) throw new Malformed(`${quote(name)} is not an object`, 0);
    return reading.value;
  }

  /** A member with a single word; undefined if it does not exist. */
  async word(name: string): Promise<string | undefined> {
    const content = await this.open(name, MAX_WORD_BYTES);
    if (content === undefined) return undefined;
    const bytes = await content.read(0, Math.min(content.size, MAX_WORD_BYTES));
    return Buffer.from(bytes).toString('utf8').trim();
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a key if it is an object, else an empty one. */
export function objectAt(value: unknown, key: string): Json {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}

export function textAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: unknown, key: string): readonly unknown[] {
  const found = isObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}
