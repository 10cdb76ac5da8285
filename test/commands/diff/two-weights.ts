import { type DiffResult, diff } from '../../../src/commands/diff/diff.ts';
import { testContext } from '../../support/context.ts';
import { tempTree } from '../../support/temp-tree.ts';

/** A safetensors file of float32 vectors. */
export function safetensors(tensors: Readonly<Record<string, readonly number[]>>): Buffer {
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const [name, values] of Object.entries(tensors)) {
    const begin = end;
    end += values.length * 4;
    header[name] = { dtype: 'F32', shape: [values.length], data_offsets: [begin, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(Float32Array.from(Object.values(tensors).flat()).buffer)]);
}

export async function diffOf(
  before: Buffer,
  after: Buffer,
  names = ['a.safetensors', 'b.safetensors'],
): Promise<DiffResult> {
  const [one = '', two = ''] = names;
  const root = await tempTree({ [one]: before, [two]: after });
  return diff({ before: one, after: two }, testContext(root));
}

export const told = ({ differences }: DiffResult) =>
  differences.map(({ area, change, name, after }) => [area, change, name, after]);
