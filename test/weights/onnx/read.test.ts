import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ByteSource, bufferSource, openFile } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { weightsFactsSchema } from '../../../src/weights/reading/facts.ts';
import { integer, message, model, raw, tensor, text, varint } from './protobuf-bytes.ts';

const read = (bytes: Uint8Array) => readWeights(bufferSource('model.onnx', bytes), 'model.onnx');

async function problemsOf(bytes: Uint8Array): Promise<string[]> {
  return (await read(bytes)).problems.map(({ rule, message: words }) => `${rule}: ${words}`);
}

async function onnxFacts(bytes: Uint8Array) {
  const { facts, problems } = await read(bytes);
  expect(problems).toEqual([]);
  if (facts?.format !== 'onnx') throw new Error('no ONNX facts');
  return facts;
}

describe('readOnnx keeps to the wire format', () => {
  it('fields may come in any order, and a graph in two parts', async () => {
    const facts = await onnxFacts(
      Buffer.concat([
        message(7, message(5, raw(8), tensor('w', [2]))),
        message(8, integer(2, 18)),
        message(7, message(11, text(1, 'x')), message(11, text(1, 'w'))),
        integer(1, 8),
      ]),
    );
    expect(facts.tensors).toEqual([{ name: 'w', dtype: 'float32', shape: [2], bytes: 8 }]);
    expect(facts.inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('dims may be packed or not', async () => {
    const packed = Buffer.concat([message(1, varint(2), varint(3)), integer(2, 1), text(8, 'w'), raw(24)]);
    expect((await onnxFacts(model(message(5, packed)))).tensors[0]?.shape).toEqual([2, 3]);
  });

  it('a message nested 200 deep is refused without recursion', async () => {
    let inner: Buffer = Buffer.alloc(0);
    for (let i = 0; i < 100; i++) inner = message(1, message(5, message(6, inner)));
    expect((await problemsOf(model(inner)))[0]).toContain('nested deeper than 100');
  });

  it('20,000 group tags are refused at the first', async () => {
    const groups = Buffer.concat(Array.from({ length: 20_000 }, () => varint((3 << 3) | 3)));
    expect((await problemsOf(model(groups)))[0]).toContain('wire type 3');
  });

  it('every prefix of a model is refused or incomplete, without an exception', async () => {
    const whole = model(message(1, text(4, 'Relu')), message(5, tensor('w', [2, 3], raw(24))));
    for (let length = 1; length < whole.length; length++) {
      expect(await problemsOf(whole.subarray(0, length)), `${length} of ${whole.length} bytes`).not.toEqual([]);
    }
  });

  it.each([
    ['a negative dimension', tensor('w', [-1]), 'negative'],
    ['dimensions past 2^53', tensor('w', [2n ** 40n, 2n ** 40n]), 'more elements than'],
    ['too few bytes', tensor('w', [3], raw(8)), 'needs 12 bytes and has 8'],
    ['no data at all', tensor('w', [3]), 'needs 3 numbers in float_data and has 0'],
    ['data in the field of another type', tensor('w', [1], integer(7, 1)), 'int64_data instead of float_data'],
    ['a type that does not exist', Buffer.concat([integer(1, 1), integer(2, 99), raw(4)]), 'type 99'],
  ])('a tensor with %s is reported with both numbers', async (_what, bytes, words) => {
    expect((await problemsOf(model(message(5, bytes))))[0]).toContain(words);
  });

  it('an empty tensor needs no data', async () => {
    expect((await onnxFacts(model(message(5, tensor('w', [0, 4]))))).parameters).toBe(0);
  });

  it('operators that the model defines as functions are not custom', async () => {
    const node = message(1, text(4, 'Twice'), text(7, 'local'));
    const fn = message(25, text(1, 'Twice'), text(10, 'local'));
    expect((await onnxFacts(Buffer.concat([model(node), fn]))).customDomains).toEqual([]);
    expect((await problemsOf(model(node)))[0]).toContain('local::Twice');
  });
});

/** Counts what is read of another source. */
function counted(source: ByteSource): { source: ByteSource; bytes: () => number } {
  let bytes = 0;
  const read = (offset: number, length: number) => {
    bytes += length;
    return source.read(offset, length);
  };
  return { source: { ...source, read }, bytes: () => bytes };
}

describe('readOnnx reads no more than it needs', () => {
  it('a model of 2 GB with one large tensor is read in a few kilobytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onnx-'));
    const path = join(folder, 'large.onnx');
    try {
      const elements = 500_000_000;
      // The data comes last, so that the file can be sparse behind its header.
      const data = Buffer.concat([varint((9 << 3) | 2), varint(elements * 4)]);
      const initializer = Buffer.concat([integer(1, elements), integer(2, 1), text(8, 'w'), data]);
      const inTensor = initializer.length + elements * 4;
      const inGraph = Buffer.concat([varint((5 << 3) | 2), varint(inTensor)]);
      const head = Buffer.concat([
        integer(1, 8),
        message(8, integer(2, 18)),
        varint((7 << 3) | 2),
        varint(inGraph.length + inTensor),
        inGraph,
        initializer,
      ]);
      const file = await open(path, 'w');
      await file.write(head);
      await file.truncate(head.length + elements * 4);
      await file.close();
      const opened = await openFile(path);
      const { source, bytes } = counted(opened);
      const { facts, problems } = await readWeights(source, 'large.onnx');
      await opened.close();
      expect(problems).toEqual([]);
      expect(facts?.parameters).toBe(elements);
      expect(bytes()).toBeLessThan(160 * 1024);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('numbers that JSON cannot carry', () => {
  it('an IR version and an opset of 2^63 are shown as the largest safe number', async () => {
    const { facts } = await read(
      Buffer.concat([integer(1, 2n ** 63n - 1n), message(8, integer(2, 2n ** 62n)), message(7)]),
    );
    expect(facts && weightsFactsSchema.safeParse(facts).success).toBe(true);
  });
});
