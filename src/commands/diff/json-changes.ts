import { isDeepStrictEqual } from 'node:util';
import { toJsonPointer } from '../../core/documents/json-pointer.ts';

export interface JsonChange {
  readonly path: readonly string[];
  readonly pointer: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What differs between two JSON values, object by object; a list is one value. */
export function findJsonChanges(before: unknown, after: unknown, path: readonly string[] = []): JsonChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const pointer = toJsonPointer(path);
  if (before === undefined) return [{ path, pointer, change: 'added', after }];
  if (after === undefined) return [{ path, pointer, change: 'removed', before }];
  if (!isObject(before) || !isObject(after)) return [{ path, pointer, change: 'changed', before, after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .sort()
    .flatMap((key) => findJsonChanges(ownValue(before, key), ownValue(after, key), [...path, key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key such as `constructor` is the document's own or not there. */
function ownValue(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
