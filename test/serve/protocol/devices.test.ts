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
  test('auto is the CPU, without a note, if there is no GPU', () => {
    expect(choose('auto')).toEqual({ provider: 'cpu', note: undefined });
    expect(choose('auto', withCuda)).toEqual({ provider: 'cpu', note: undefined });
  });

  test('auto is CUDA if library and device are present', () => {
    expect(choose('auto', withCuda, { nvidia: true }).provider).toBe('cuda');
    expect(choose('auto', withCuda, { gpuId: 0 }).provider).toBe('cuda');
  });

  test('auto notes why an assigned GPU is not used', () => {
    expect(choose('auto', bundled, { gpuId: 1 })).toEqual({
      provider: 'cpu',
      note: expect.stringContaining('no CUDA library'),
    });
  });

  test('a requested device is used if installed; otherwise the note lists the available ones', () => {
    expect(choose('webgpu')).toEqual({ provider: 'webgpu', note: undefined });
    expect(choose('coreml')).toEqual({
      provider: 'cpu',
      note: 'coreml is not available here, only cpu, webgpu; running on the CPU.',
    });
  });
});
