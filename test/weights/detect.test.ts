import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../src/core/byte-source.ts';
import { readWeights, weightsRules } from '../../src/weights/index.ts';
import { op, pickle } from './pickle-bytes.ts';

async function read(bytes: Uint8Array | string, name: string) {
  const { detected, problems } = await readWeights(bufferSource(name, Buffer.from(bytes)), name);
  return { detected, codes: problems.map(({ rule }) => rule) };
}

describe('readWeights recognises formats by content', () => {
  it.each([
    ['an empty file', '', 'weights/empty', undefined],
    ['a web page', '<!DOCTYPE html><html>', 'weights/not-weights', 'web page or XML document'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', 'weights/not-weights', 'Git LFS pointer'],
    ['JSON', '{"error": "not found"}', 'weights/not-weights', 'JSON document'],
    ['text', 'Größe: 3\n', 'weights/not-weights', 'text file'],
    ['a byte that means nothing', '\u001f', 'weights/unknown-format', undefined],
    ['a cut GGUF', 'GGUF\u0003\u0000\u0000\u0000', 'weights/malformed', 'GGUF'],
  ])('%s is recognised', async (_what, bytes, code, detected) => {
    expect(await read(bytes, 'weights.bin')).toEqual({ codes: [code], detected });
  });

  it('a name that promises another format is a separate warning', async () => {
    const bytes = pickle(op.proto(2), op.emptyDict);
    expect(await read(bytes, 'model.pkl')).toEqual({ detected: 'pickle', codes: [] });
    expect(await read(bytes, 'model.bin')).toEqual({ detected: 'pickle', codes: [] });
    expect(await read(bytes, 'model.pt')).toEqual({ detected: 'pickle', codes: ['weights/extension'] });
    expect(await read(bytes, 'model.safetensors')).toEqual({ detected: 'pickle', codes: ['weights/extension'] });
  });

  it('random bytes named .pt are refused, named .bin they are only unknown', async () => {
    const bytes = Buffer.from([0xa5, 0x01, 0x02, 0x03]);
    expect((await read(bytes, 'model.pt')).codes).toEqual(['weights/not-weights']);
    expect((await read(bytes, 'model.bin')).codes).toEqual(['weights/unknown-format']);
  });

  it('a pickle of protocol 0 has no magic bytes and is still found', async () => {
    expect(await read("(dp0\nS'a'\np1\nI1\ns.", 'model.pkl')).toEqual({ detected: 'pickle', codes: [] });
  });
});

describe('weightsRules', () => {
  it.each(Object.entries(weightsRules))('%s has a title and help', (_code, { title, help }) => {
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(help.length).toBeGreaterThan(80);
  });
});
