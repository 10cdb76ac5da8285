/** Chooses the execution provider: the requested device if it is available. */
import { existsSync } from 'node:fs';

export const devices = ['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'] as const;
export type Device = (typeof devices)[number];
export type Provider = Exclude<Device, 'auto'>;

export interface AvailableProvider {
  readonly name: Provider;
  /** Its libraries are present; only a try tells whether the hardware is. */
  readonly installed: boolean;
}

export interface Choice {
  readonly provider: Provider;
  /** Why it is not the requested device; undefined when it is. */
  readonly note: string | undefined;
}

/**
 * `auto` is CUDA where an NVIDIA device and the library are present, else the CPU. The others must be requested: their
 * results may differ from the CPU's in the last digits.
 */
export function chooseProvider(
  { device, gpuId }: { readonly device: Device; readonly gpuId: number },
  available: readonly AvailableProvider[],
  hasNvidiaDevice = existsSync('/dev/nvidia0'),
): Choice {
  const isInstalled = (name: Provider) => available.some((one) => one.name === name && one.installed);
  if (device === 'auto') {
    if (isInstalled('cuda') && (gpuId >= 0 || hasNvidiaDevice)) return { provider: 'cuda', note: undefined };
    if (gpuId < 0) return { provider: 'cpu', note: undefined };
    return {
      provider: 'cpu',
      note: 'A GPU was assigned, but onnxruntime-node has no CUDA library installed; running on the CPU.',
    };
  }
  if (device === 'cpu' || isInstalled(device)) return { provider: device, note: undefined };
  const offered = available.filter((one) => one.installed).map((one) => one.name);
  return { provider: 'cpu', note: `${device} is not available here, only ${offered.join(', ')}; running on the CPU.` };
}
