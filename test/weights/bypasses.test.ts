import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../src/core/byte-source.ts';
import { readWeights } from '../../src/weights/index.ts';
import { op, payload, pickle } from './pickle-bytes.ts';
import { type BrokenMember, buildZip } from './zip-bytes.ts';

/**
 * One test for each way a scanner of pickles has been passed, named by its advisory. Each file is built here from bytes;
 * each must be called unsafe, whatever else is wrong with it.
 */
async function codesOf(bytes: Uint8Array, name: string): Promise<string[]> {
  const { problems } = await readWeights(bufferSource(name, bytes), name);
  return problems.map(({ rule }) => rule);
}

const evil = pickle(op.proto(2), payload);
const good = pickle(op.proto(2), op.emptyDict);
const unsafe = 'weights/pickle-unsafe-global';

const checkpoint = (data: Partial<BrokenMember> = {}, ...more: readonly BrokenMember[]) =>
  buildZip([
    { name: 'archive/data.pkl', data: evil, ...data },
    { name: 'archive/version', data: Buffer.from('3\n') },
    ...more,
  ]);

describe('ZIP tricks that torch ignores', () => {
  it.each([0x1, 0x20, 0x40])(
    'GHSA-w8jq-xcqf-f792: flag 0x%s claims that the member is encrypted or patched',
    async (flags) => {
      expect(await codesOf(checkpoint({ flags }), 'model.pt')).toEqual(
        expect.arrayContaining([unsafe, 'weights/torch-zip-form']),
      );
    },
  );

  it('GHSA-7q5r-7gvp-wc82: the local header has another name than the directory', async () => {
    const codes = await codesOf(checkpoint({ localName: 'archive/data.txt' }), 'model.pt');
    expect(codes).toEqual(expect.arrayContaining([unsafe, 'weights/torch-zip-form']));
  });

  it('CVE-2025-10156: a wrong checksum stops the scanner and not torch', async () => {
    const codes = await codesOf(checkpoint({ crc: 1 }), 'model.pt');
    expect(codes).toEqual(expect.arrayContaining([unsafe, 'weights/torch-zip-checksum']));
  });

  it('two members with one name: a scanner reads one, a loader the other', async () => {
    const codes = await codesOf(checkpoint({ data: good }, { name: 'archive/data.pkl', data: evil }), 'model.pt');
    expect(codes).toEqual(expect.arrayContaining([unsafe, 'weights/torch-zip-form']));
  });

  it('modelaudit 624: an ASCII pickle of protocol 0 in payload.txt', async () => {
    const ascii = Buffer.from("cos\nsystem\n(S'echo'\ntR.");
    expect(
      await codesOf(checkpoint({ data: good }, { name: 'archive/payload.txt', data: ascii }), 'model.pt'),
    ).toContain(unsafe);
  });

  it('bytes after the ZIP are reported', async () => {
    const bytes = Buffer.concat([checkpoint({ data: good }), Buffer.from('more')]);
    expect(await codesOf(bytes, 'model.pt')).toContain('weights/torch-zip-form');
  });
});

describe('pickles with the name of another format', () => {
  it.each(['weights.bin', 'model.onnx', 'config.json', 'model', 'model.safetensors'])(
    'GHSA-769v and CVE-2025-10155: named %s',
    async (name) => {
      expect(await codesOf(evil, name)).toContain(unsafe);
    },
  );

  it('a file that is both a safetensors header and a pickle is read as the pickle', async () => {
    // PROTO 2, then BINFLOAT whose eight bytes hold the end of the header length and the first "{".
    const start = Buffer.from([0x80, 0x02, 0x47, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7b, 0x22, 0x61]);
    expect(await codesOf(Buffer.concat([start, op.pop, payload, op.stop]), 'model.safetensors')).toContain(unsafe);
  });
});

describe('names that lists of dangerous names lack', () => {
  it('CVE-2025-10157: a submodule of a listed module', async () => {
    const bytes = pickle(
      op.proto(2),
      op.global('asyncio.unix_events', '_UnixSubprocessTransport._start'),
      op.emptyTuple,
      op.reduce,
    );
    expect(await codesOf(bytes, 'model.pkl')).toContain(unsafe);
  });

  it('GHSA-5j3x: a dotted name that reaches through an allowed module', async () => {
    const bytes = pickle(op.proto(4), op.text('collections'), op.text('OrderedDict.__reduce_ex__'), op.stackGlobal);
    expect(await codesOf(bytes, 'model.pkl')).toContain(unsafe);
  });

  it('fickling 249: the pickle imports a scanner to disable it', async () => {
    const bytes = pickle(
      op.proto(2),
      op.global('fickling.hook', 'deactivate_safe_ml_environment'),
      op.emptyTuple,
      op.reduce,
    );
    expect(await codesOf(bytes, 'model.pkl')).toContain(unsafe);
  });

  it('a module name of Python 2 is read as that of Python 3', async () => {
    const bytes = pickle(op.global('__builtin__', 'eval'), op.text('1'), op.tuple1, op.reduce);
    expect(await codesOf(bytes, 'model.pkl')).toContain(unsafe);
  });

  it('an extension code takes a global from a registry outside the file', async () => {
    expect(await codesOf(pickle(op.proto(2), op.extension(1)), 'model.pkl')).toContain(unsafe);
  });
});

describe('streams that stop or confuse a reader', () => {
  it('nullifAI: payload first, then a broken stream that Python has already run', async () => {
    const codes = await codesOf(Buffer.concat([op.proto(2), payload, Buffer.from([0xff, 0xff])]), 'model.pkl');
    expect(codes).toEqual(expect.arrayContaining([unsafe, 'weights/pickle-malformed']));
  });

  it('nullifAI: a 7z archive is refused by name', async () => {
    const bytes = Buffer.concat([Buffer.from('377abcaf271c0004', 'hex'), Buffer.alloc(24)]);
    expect(await codesOf(bytes, 'model.pt')).toEqual(['weights/unsupported-format']);
  });

  it('picklescan 14: PUT and MEMOIZE share one memo', async () => {
    // MEMOIZE takes place 1 after PUT took 0: "os" and "system" are then fetched by number.
    const bytes = pickle(
      op.proto(4),
      op.text('os'),
      op.put(0),
      op.pop,
      op.text('system'),
      op.memoize,
      op.pop,
      op.get(0),
      op.get(1),
      op.stackGlobal,
      op.text('echo'),
      op.tuple1,
      op.reduce,
    );
    expect(await codesOf(bytes, 'model.pkl')).toContain(unsafe);
  });

  it('keyerror exploit: a missing memo key, after the payload', async () => {
    const codes = await codesOf(pickle(op.proto(4), payload, op.get(99), op.get(98), op.stackGlobal), 'model.pkl');
    expect(codes).toEqual(expect.arrayContaining([unsafe, 'weights/pickle-malformed']));
  });

  it('type confusion: STACK_GLOBAL of a value that is not text', async () => {
    expect(await codesOf(pickle(op.proto(4), op.none, op.text('system'), op.stackGlobal), 'model.pkl')).toContain(
      unsafe,
    );
  });

  it('modelaudit: a second pickle after STOP', async () => {
    expect(await codesOf(Buffer.concat([good, evil]), 'model.pkl')).toContain(unsafe);
  });

  it('GHSA-mxhj: a call by OBJ that POP discards', async () => {
    const hidden = Buffer.concat([op.mark, op.global('os', 'system'), op.text('echo'), op.obj, op.pop]);
    expect(await codesOf(pickle(op.proto(2), hidden, op.emptyDict), 'model.pkl')).toContain(unsafe);
  });

  it('INST, the call of protocol 0, counts as a call', async () => {
    expect(await codesOf(pickle(op.mark, op.text('echo'), op.inst('os', 'system')), 'model.pkl')).toContain(unsafe);
  });

  it.each([1n, 2n ** 40n])('a FRAME that claims %d bytes hides nothing', async (length) => {
    expect(await codesOf(pickle(op.proto(4), op.frame(length), payload), 'model.pkl')).toContain(unsafe);
  });

  it('a legacy checkpoint with a computed magic number', async () => {
    const magic = Buffer.concat([
      op.global('builtins', 'eval'),
      op.text('0x1950a86a20f9469cfc6c'),
      op.tuple1,
      op.reduce,
    ]);
    expect(await codesOf(Buffer.concat([pickle(op.proto(2), magic), good, good, good]), 'model.pt')).toContain(unsafe);
  });

  it('a pickle inside the data of a pickle gets a warning', async () => {
    expect(await codesOf(pickle(op.proto(3), op.bytes(evil)), 'model.pkl')).toContain('weights/pickle-nested');
    expect(await codesOf(pickle(op.proto(3), op.text(evil.toString('base64'))), 'model.pkl')).toContain(
      'weights/pickle-nested',
    );
    expect(await codesOf(pickle(op.proto(3), op.text(evil.toString('hex'))), 'model.pkl')).toContain(
      'weights/pickle-nested',
    );
  });
});

describe('pickles that are only expensive', () => {
  it('billion laughs: sharing is not copying, 10,000 doublings are read', async () => {
    const doubling = Buffer.concat([op.dup, op.tuple2]);
    const bytes = pickle(op.proto(2), op.emptyTuple, ...Array.from({ length: 10_000 }, () => doubling));
    expect(await codesOf(bytes, 'model.pkl')).toEqual([]);
  });

  it('a million marks are read', async () => {
    const codes = await codesOf(Buffer.concat([op.proto(2), Buffer.alloc(1_000_000, op.mark), op.stop]), 'model.pkl');
    expect(codes).toEqual(['weights/pickle-malformed']);
  });

  it('five million values on the stack are refused by the limit', async () => {
    const codes = await codesOf(Buffer.concat([op.proto(2), Buffer.alloc(5_000_000, op.none), op.stop]), 'model.pkl');
    expect(codes).toEqual(['weights/pickle-limit']);
  });

  it('three million lists are refused by the limit', async () => {
    const codes = await codesOf(
      Buffer.concat([op.proto(2), Buffer.alloc(3_000_000, op.emptyList), op.stop]),
      'model.pkl',
    );
    expect(codes).toEqual(['weights/pickle-limit']);
  });

  it('lists nested 500,000 deep are read without recursion', async () => {
    const depth = 500_000;
    const bytes = pickle(op.proto(2), Buffer.alloc(depth, op.emptyList), Buffer.alloc(depth - 1, op.append));
    expect(await codesOf(bytes, 'model.pkl')).toEqual([]);
  });
});
