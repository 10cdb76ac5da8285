import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { float32, type Tensor } from '../../../../src/handlers/sdk.ts';
import { loadOnnxModel, supportedDevices } from '../../../../src/serve/worker/onnx/onnx-runtime.ts';
import { tempTree } from '../../../support/temp-tree.ts';

const cpu = { device: 'cpu', gpuId: -1, threads: 1 } as const;
const fixture = (name: string) => join(packageRoot, 'test', 'fixtures', 'models', name);

const everyType: Readonly<Record<string, Tensor>> = {
  float: float32([1.5, -2], [2]),
  double: { dtype: 'float64', shape: [2], data: Float64Array.of(0.1, 1e300) },
  float16: { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xfbff) },
  int8: { dtype: 'int8', shape: [2], data: Int8Array.of(-128, 127) },
  int16: { dtype: 'int16', shape: [2], data: Int16Array.of(-32768, 32767) },
  int32: { dtype: 'int32', shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
  int64: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  uint8: { dtype: 'uint8', shape: [2], data: Uint8Array.of(0, 255) },
  uint16: { dtype: 'uint16', shape: [2], data: Uint16Array.of(0, 65535) },
  uint32: { dtype: 'uint32', shape: [2], data: Uint32Array.of(0, 2 ** 32 - 1) },
  uint64: { dtype: 'uint64', shape: [2], data: BigUint64Array.of(0n, 2n ** 64n - 1n) },
  bool: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
  string: { dtype: 'string', shape: [2], data: ['héllo', ''] },
};

describe('loadOnnxModel', () => {
  test('reports inputs and outputs with free dimensions as null', async () => {
    const model = await loadOnnxModel(fixture('linear4x3.onnx'), cpu);
    expect(model).toMatchObject({
      provider: 'cpu',
      note: undefined,
      inputs: [{ name: 'input', dtype: 'float32', shape: [null, 4] }],
      outputs: [{ name: 'output', dtype: 'float32', shape: [null, 3] }],
    });
    await model.close();
  });

  test('tensors of every type keep type, shape and bits', async () => {
    const model = await loadOnnxModel(fixture('every-type.onnx'), cpu);
    const inputs = Object.fromEntries(Object.entries(everyType).map(([name, tensor]) => [`${name}_in`, tensor]));
    const outputs = Object.fromEntries(Object.entries(everyType).map(([name, tensor]) => [`${name}_out`, tensor]));
    expect(await model.run(inputs)).toEqual(outputs);
    expect(await model.run(inputs, ['bool_out'])).toEqual({ bool_out: everyType.bool });
    await model.close();
  });

  test('a tensor with too little data for its shape is refused', async () => {
    const model = await loadOnnxModel(fixture('linear4x3.onnx'), cpu);
    await expect(model.run({ input: float32([1, 2, 3], [1, 4]) })).rejects.toThrow(
      'shape [1, 4] holds 4 values, but there are 3',
    );
    await expect(model.run({ other: float32([1], [1]) })).rejects.toThrow(/input/);
    await model.close();
  });

  test('a model that onnxruntime refuses is MODEL_REFUSED with the file name and its message', async () => {
    const folder = await tempTree();
    const path = join(folder, 'broken.onnx');
    await writeFile(path, 'this is no model');
    await expect(loadOnnxModel(path, cpu)).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      message: 'onnxruntime refuses broken.onnx: Protobuf parsing failed.',
    });
    // ModelProto: ir_version = 99.
    await writeFile(path, Uint8Array.of(0x08, 99));
    await expect(loadOnnxModel(path, cpu)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^onnxruntime refuses broken\.onnx: (Unsupported model IR version|Missing opset|ModelProto)/,
      ),
    });
  });

  test('a device that is not installed falls back to the CPU with one note, and the answer is right', async () => {
    const [missing] = (await supportedDevices()).filter(({ installed }) => !installed);
    const device = missing?.name ?? 'dml';
    const model = await loadOnnxModel(fixture('double-two-rows.onnx'), { ...cpu, device });
    expect(model).toMatchObject({ provider: 'cpu', note: expect.stringContaining(`${device} is not available here`) });
    expect(await model.run({ x: float32([1, 2, 3, 4, 5, 6], [2, 3]) })).toEqual({
      doubled: float32([2, 4, 6, 8, 10, 12], [2, 3]),
    });
    await model.close();
  });
});

test('supportedDevices always offers the CPU', async () => {
  expect(await supportedDevices()).toContainEqual({ name: 'cpu', installed: true });
});
