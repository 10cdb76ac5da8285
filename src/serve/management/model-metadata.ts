import { toV2Spec } from '../../handlers/tensors/v2.ts';
import type { Service } from '../service.ts';
import type { VersionName } from './models.ts';

/** The metadata of a model in the Open Inference Protocol. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

export type TensorMetadata = ReturnType<typeof toV2Spec>;

/** Names, types and shapes of the tensors; a model whose weights are not ONNX has none. */
export async function readModelMetadata(service: Service, { model, version }: VersionName): Promise<ModelMetadata> {
  const { name, signature } = await service.summary(model, version);
  return {
    name,
    versions: service.describe(name, 'all').map((described) => described.version),
    platform: signature === undefined ? 'torchserve_handler' : 'onnxruntime_onnx',
    inputs: signature?.inputs.map(toV2Spec) ?? [],
    outputs: signature?.outputs.map(toV2Spec) ?? [],
  };
}
