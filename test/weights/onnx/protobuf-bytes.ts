/** Protobuf written field by field, so that a test can say what no library would write. */

export function varint(value: bigint | number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export const integer = (field: number, value: bigint | number): Buffer =>
  Buffer.concat([varint(field << 3), varint(value)]);

export function message(field: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
}

export const text = (field: number, value: string): Buffer => message(field, Buffer.from(value));

/** TensorProto of float32 with raw data. */
export function tensor(name: string, dims: readonly (bigint | number)[], ...more: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...dims.map((dim) => integer(1, dim)), integer(2, 1), text(8, name), ...more]);
}

/** A model of IR version 8, opset 18 and a graph of these parts. */
export function model(...graph: readonly Uint8Array[]): Buffer {
  return Buffer.concat([integer(1, 8), message(8, integer(2, 18)), message(7, ...graph)]);
}

export const raw = (bytes: number): Buffer => message(9, Buffer.alloc(bytes));
