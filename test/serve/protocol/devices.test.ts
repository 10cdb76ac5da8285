import { describe, expect, test } from 'vitest';
import { type AvailableProvider, chooseProvider, type Device } from '../../../src/serve/protocol/devices.ts';

const bundled: readonly AvailableProvider[] = [
  { name: 'cpu', installed: true },
  { name: 'webgpu', installed: true },
  { name: 'cuda', installed: false },
];
const withCuda = bundled.map((one) => ({ ...one, installed: true }));
const choose = (device: Device, available = bundled, { gpuId = -1, nvidia = false } = {}) =>
  chooseProvider({ device, gpuId }, available, nvidia);

describe('chooseProvider', () => {
  test('auto runs on the CPU without a word where there is nothing else', () => {
    expect(choose('auto')).toEqual({ provider: 'cpu', note: undefined });
    expect(choose('auto', withCuda)).toEqual({ provider: 'cpu', note: undefined });
  });

  test('auto takes CUDA where its library and a device are there', () => {
    expect(choose('auto', withCuda, { nvidia: true }).provider).toBe('cuda');
    expect(choose('auto', withCuda, { gpuId: 0 }).provider).toBe('cuda');
  });

  test('auto says why an assigned GPU stays idle', () => {
    expect(choose('auto', bundled, { gpuId: 1 })).toEqual({
      provider: 'cpu',
      note: expect.stringContaining('no CUDA library'),
    });
  });

  test('a device that is asked for by name is taken where it is installed, and named with what there is where it is not', () => {
    expect(choose('webgpu')).toEqual({ provider: 'webgpu', note: undefined });
    expect(choose('coreml')).toEqual({
      provider: 'cpu',
      note: 'coreml is not available here, only cpu, webgpu; running on the CPU.',
    });
  });
});
