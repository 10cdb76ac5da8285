/** Files by these names are held to be weights; everything else only must not be a pickle that runs code. */
export const WEIGHTS_NAME =
  /\.(onnx|safetensors|pt|pth|ckpt|pkl|pickle|npy|npz|joblib|gguf|h5|hdf5|tflite|pte|mlmodel|keras|skops|pt2|ubj|nemo)$/i;
