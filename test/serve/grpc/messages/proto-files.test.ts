import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { expect, test } from 'vitest';
import type { Method } from '../../../../src/serve/grpc/exchange/method.ts';
import { healthService } from '../../../../src/serve/grpc/services/health.ts';
import { inferenceService } from '../../../../src/serve/grpc/services/inference.ts';
import { managementService } from '../../../../src/serve/grpc/services/management.ts';
import { openInferenceServices } from '../../../../src/serve/grpc/services/open-inference.ts';
import { protoFiles } from '../../../support/grpc-client.ts';

const definitions = loadSync(protoFiles, { keepCase: true, longs: String, bytes: String, defaults: false });

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

interface Descriptor {
  readonly field: readonly { name: string; type: string; label: string; typeName: string }[];
  readonly nestedType: readonly (Descriptor & { name: string; options: { mapEntry?: boolean } | null })[];
}

/** A message with something in every field. */
function fill(descriptor: Descriptor, scopes: readonly Descriptor[]): Record<string, unknown> {
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
const methods = services
  .filter(({ name }) => name in definitions)
  .flatMap(({ name, methods: own }) =>
    Object.entries(own).map(([method, defined]) => [name, method, defined] as const),
  );

test('every method of the .proto files is declared, and no other', () => {
  const named = Object.entries(definitions).flatMap(([name, definition]) =>
    'format' in definition ? [] : Object.keys(definition).map((method) => `${name}/${method}`),
  );
  expect(methods.map(([name, method]) => `${name}/${method}`).sort()).toEqual(named.sort());
  expect(named.length).toBeGreaterThan(15);
});

test.each(methods)(
  '%s %s: what protobufjs writes is read, and written back unchanged',
  (service, method, defined: Method<unknown, unknown>) => {
    const found = Object.entries(definitions[service] ?? {}).find(([name]) => name === method)?.[1];
    for (const [side, table] of [['request', defined.request] as const, ['response', defined.answer] as const]) {
      const codec = found[`${side}Serialize`] as (value: object) => Buffer;
      const read = found[`${side}Deserialize`] as (bytes: Buffer) => object;
      const written = codec(fill(found[`${side}Type`].type, []));
      const again = table.encode(table.decode(written) ?? {});
      expect(read(again)).toEqual(read(written));
      expect(again.length).toBe(written.length);
    }
  },
);
