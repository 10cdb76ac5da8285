/** Weights that onnxruntime runs: a model in ONNX, or in ORT format (.ort). */
export const isOnnxName = (name: string | undefined): name is string => /\.(onnx|ort)$/i.test(name ?? '');
