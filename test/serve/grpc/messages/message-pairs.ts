import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadSync, type MessageTypeDefinition, type Options } from '@grpc/proto-loader';
import fc from 'fast-check';
import type { Method } from '../../../../src/serve/grpc/exchange/method.ts';
import type { Message } from '../../../../src/serve/grpc/protobuf/message.ts';
import { healthService } from '../../../../src/serve/grpc/services/health.ts';
import { inferenceService } from '../../../../src/serve/grpc/services/inference.ts';
import { managementService } from '../../../../src/serve/grpc/services/management.ts';
import { openInferenceServices } from '../../../../src/serve/grpc/services/open-inference.ts';
import { protoFiles } from '../../../support/grpc-client.ts';

const options: Options = { keepCase: true, longs: String, bytes: String, defaults: true };
export const definitions = loadSync(protoFiles, options);

const values: Readonly<Record<string, unknown>> = {
  TYPE_STRING: 'wörd',
  TYPE_BYTES: Buffer.from([0, 255, 7]),
  TYPE_BOOL: true,
  TYPE_INT32: -5,
  TYPE_UINT32: 4_000_000_000,
  TYPE_INT64: '-9007199254740993',
  TYPE_UINT64: '18446744073709551615',
  TYPE_FLOAT: 0.5,
  TYPE_DOUBLE: 0.1,
  TYPE_ENUM: 1,
};
/** Fields that TorchServe takes and nobody looks at. */
const unread = ['s3_sse_kms', 'number_gpu', 'timeout'];

/**
 * The types without those fields. protobufjs reads a field that it knows by the type it has, whatever type the bytes say; of
 * what nobody knows both step over as many bytes as the bytes say.
 */
const readDefinitions = loadWithout(unread);

function loadWithout(names: readonly string[]): typeof definitions {
  const folder = mkdtempSync(join(tmpdir(), 'tsma-proto-'));
  try {
    const field = new RegExp(`^ *\\w+ (?:${names.join('|')}) = \\d+;\\n`, 'gm');
    const files = protoFiles.map((file) => join(folder, basename(file)));
    for (const [index, file] of files.entries())
      writeFileSync(file, readFileSync(protoFiles[index] ?? '', 'utf8').replace(field, ''));
    return loadSync(files, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly typeName: string;
}

export interface Descriptor {
  readonly field: readonly Field[];
  readonly nestedType: readonly (Descriptor & { name: string; options: { mapEntry?: boolean } | null })[];
}

/** A message with something in every field. */
export function fill(descriptor: Descriptor, scopes: readonly Descriptor[]): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const { name, type, label, typeName } of descriptor.field) {
    if (unread.includes(name)) continue;
    const nested = type === 'TYPE_MESSAGE' ? findType(typeName, [descriptor, ...scopes]) : undefined;
    const value = nested === undefined ? values[type] : fill(nested, [descriptor, ...scopes]);
    if (nested !== undefined && 'key' in fillNames(nested)) filled[name] = { k: (value as { value: unknown }).value };
    else filled[name] = label === 'LABEL_REPEATED' ? [value, value] : value;
  }
  // Of a oneof one member counts.
  if ('bool_param' in filled) return { string_param: 'one' };
  return filled;
}

const fillNames = ({ field }: Descriptor) => Object.fromEntries(field.map(({ name }) => [name, true]));

function findType(typeName: string, scopes: readonly Descriptor[]): Descriptor {
  const last = typeName.split('.').at(-1);
  for (const { nestedType } of scopes) {
    const own = nestedType.find(({ name }) => name === last);
    if (own !== undefined) return own;
  }
  const found = Object.entries(definitions).find(([name]) => name.endsWith(`.${last}`))?.[1] as MessageTypeDefinition<
    object,
    object
  >;
  return found.type as unknown as Descriptor;
}

const services = [inferenceService, managementService, ...openInferenceServices, healthService([])];
export const methods = services
  .filter(({ name }) => name in definitions)
  .flatMap(({ name, methods: own }) =>
    Object.entries(own).map(([method, defined]) => [name, method, defined] as const),
  );

/** A message of ours, and the same as protobufjs writes it, and reads those of its fields that ours has. */
export interface MessagePair {
  readonly name: string;
  readonly table: Message<unknown>;
  readonly descriptor: Descriptor;
  write(value: object): Buffer;
  read(bytes: Buffer): object;
}

/** The request and the answer of every method. */
export const messagePairs: readonly MessagePair[] = methods.flatMap(([service, method, defined]) => {
  const definitionOf = (all: typeof definitions) =>
    Object.entries(all[service] ?? {}).find(([name]) => name === method)?.[1];
  const [found, readable] = [definitionOf(definitions), definitionOf(readDefinitions)];
  const pair = (side: 'request' | 'response', { request, answer }: Method<unknown, unknown>): MessagePair => ({
    name: `${side} of ${service}/${method}`,
    table: side === 'request' ? request : answer,
    descriptor: found[`${side}Type`].type,
    write: found[`${side}Serialize`],
    read: readable[`${side}Deserialize`],
  });
  return [pair('request', defined), pair('response', defined)];
});

const arbitraries: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  TYPE_STRING: fc.string({ unit: 'grapheme' }),
  TYPE_BYTES: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  TYPE_BOOL: fc.boolean(),
  TYPE_INT32: fc.integer(),
  TYPE_UINT32: fc.nat({ max: 2 ** 32 - 1 }),
  TYPE_INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  TYPE_UINT64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  TYPE_FLOAT: fc.float(),
  TYPE_DOUBLE: fc.double(),
  TYPE_ENUM: fc.constantFrom(0, 1, 2, 3),
};

/** Any message of a type, each field of which may be absent. */
export function arbitraryOf(
  descriptor: Descriptor,
  scopes: readonly Descriptor[],
): fc.Arbitrary<Record<string, unknown>> {
  const fields = descriptor.field.filter(({ name }) => !unread.includes(name));
  const known = [descriptor, ...scopes];
  const all = Object.fromEntries(fields.map((field) => [field.name, fieldOf(field, known)]));
  // Of a oneof one member counts.
  if ('bool_param' in all)
    return fc.oneof(
      ...Object.entries(all).map(([name, value]) => value.map((one) => ({ [name]: one }))),
      fc.constant({}),
    );
  return fc.record(all, { requiredKeys: [] });
}

function fieldOf({ type, label, typeName }: Field, scopes: readonly Descriptor[]): fc.Arbitrary<unknown> {
  const nested = type === 'TYPE_MESSAGE' ? findType(typeName, scopes) : undefined;
  const value = nested === undefined ? arbitraries[type] : arbitraryOf(nested, scopes);
  if (value === undefined) throw new Error(`no values of ${type}`);
  if (nested !== undefined && 'key' in fillNames(nested)) {
    const [, of] = nested.field;
    return fc.dictionary(fc.string({ unit: 'grapheme' }), of === undefined ? value : fieldOf(of, [nested, ...scopes]), {
      maxKeys: 3,
      noNullPrototype: true,
    });
  }
  return label === 'LABEL_REPEATED' ? fc.array(value, { maxLength: 5 }) : value;
}
