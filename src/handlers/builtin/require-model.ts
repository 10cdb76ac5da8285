import type { HandlerContext, Model } from '../sdk.ts';

/** The ONNX model that every built-in handler needs. */
export function requireModel({ model, manifest }: HandlerContext): Model {
  if (model !== undefined) return model;
  const { serializedFile } = (manifest.model ?? {}) as { serializedFile?: string };
  throw new Error(
    `built-in handlers run here over ONNX, and the archive's serialized file is ${serializedFile ?? 'not set'}`,
  );
}
