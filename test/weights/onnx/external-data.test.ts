import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import type { FileEntry, FileTree } from '../../../src/core/file-tree.ts';
import { toArchivePath } from '../../../src/core/paths.ts';
import { checkReferredFiles, readWeights } from '../../../src/weights/index.ts';
import { integer, message, model, tensor, text } from './protobuf-bytes.ts';

function external(entries: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(entries).map(([key, value]) => message(13, text(1, key), text(2, value)));
  return tensor('w', [2, 3], integer(14, 1), ...pairs);
}

const read = (...graph: readonly Uint8Array[]) =>
  readWeights(bufferSource('model.onnx', model(...graph)), 'model.onnx');

async function codesOf(entries: Readonly<Record<string, string>>): Promise<string[]> {
  return (await read(message(5, external(entries)))).problems.map(({ rule }) => rule);
}

describe('a reference to external data', () => {
  it.each(['w.bin', './w.bin', './/w.bin', '././w.bin'])(
    'the location %j is the file w.bin beside the model',
    async (location) => {
      const { facts, problems } = await read(message(5, external({ location, length: '24' })));
      expect(problems).toEqual([]);
      expect(facts).toMatchObject({ externalData: [{ location: 'w.bin', end: 24 }] });
    },
  );

  it.each(['../w.bin', 'a/../../w.bin', '/etc/passwd', 'C:\\w.bin', 'a\\b', 'w\u0000.bin', ''])(
    'CVE-2022-25882, CVE-2024-27318: the location %j is refused',
    async (location) => {
      expect(await codesOf({ location })).toEqual(['weights/onnx-external-path']);
    },
  );

  it('GHSA-538c-55jv-c5g9: a key beside those of the specification is refused', async () => {
    expect(await codesOf({ location: 'w.bin', __class__: 'x' })).toEqual(['weights/onnx-external-path']);
  });

  it.each([
    { offset: '-1' },
    { offset: '0x10' },
    { length: '1e1' },
    { length: '99999999999999999999' },
    { length: '20' },
  ])('a range of %j is refused', async (range) => {
    expect(await codesOf({ location: 'w.bin', ...range })).toEqual(['weights/onnx-external-range']);
  });

  it('is found in subgraphs, functions, Constant nodes and sparse tensors', async () => {
    const bad = external({ location: '../w.bin' });
    const places = {
      initializer: message(5, bad),
      constant: message(1, text(4, 'Constant'), message(5, message(5, bad))),
      subgraph: message(1, text(4, 'If'), message(5, message(6, message(5, bad)))),
      'list of tensors': message(1, message(5, message(10, bad))),
      sparse: message(15, message(1, bad), integer(3, 6)),
    };
    for (const [place, bytes] of Object.entries(places)) {
      const { problems } = await read(bytes);
      expect(
        problems.map(({ rule }) => rule),
        place,
      ).toContain('weights/onnx-external-path');
    }
    const fn = message(25, message(7, text(4, 'Constant'), message(5, message(5, bad))));
    const { problems } = await readWeights(bufferSource('m', Buffer.concat([model(), fn])), 'm.onnx');
    expect(problems.map(({ rule }) => rule)).toContain('weights/onnx-external-path');
  });
});

function treeOf(sizes: Readonly<Record<string, number>>): FileTree {
  const entries: FileEntry[] = Object.entries(sizes).map(([path, size]) => ({
    path: toArchivePath(path),
    size,
    mode: 0o644,
  }));
  return {
    label: 'tree',
    list: async () => entries,
    has: async (path) => path in sizes,
    open: async (path) => bufferSource(path, Buffer.alloc(sizes[path] ?? 0)),
    close: async () => {},
  };
}

describe('checkReferredFiles', () => {
  const check = async (
    entries: Readonly<Record<string, string>>,
    member: string,
    sizes: Readonly<Record<string, number>>,
  ) => {
    const { facts } = await read(message(5, external(entries)));
    if (facts?.format !== 'onnx') throw new Error('no facts');
    return (await checkReferredFiles(facts, member, treeOf(sizes))).map(
      ({ rule, message: words }) => `${rule}: ${words}`,
    );
  };

  it('expects the file next to the model, wherever the model is', async () => {
    expect(await check({ location: 'w.bin' }, 'model.onnx', { 'w.bin': 24 })).toEqual([]);
    expect(await check({ location: 'data/w.bin' }, 'nets/model.onnx', { 'nets/data/w.bin': 24 })).toEqual([]);
    expect((await check({ location: 'w.bin' }, 'nets/model.onnx', { 'w.bin': 24 }))[0]).toContain(
      'no member "nets/w.bin"',
    );
  });

  it('expects every byte of the range', async () => {
    expect(await check({ location: 'w.bin', offset: '8', length: '24' }, 'model.onnx', { 'w.bin': 32 })).toEqual([]);
    expect((await check({ location: 'w.bin', offset: '8' }, 'model.onnx', { 'w.bin': 31 }))[0]).toContain(
      'needs 32 bytes',
    );
  });
});
