/** Weights that onnxruntime runs: a model in ONNX, or in the runtime's own form of it (.ort). */
export const isOnnxName = (name: string | undefined): name is string => /\.(onnx|ort)$/i.test(name ?? '');
