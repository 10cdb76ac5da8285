/** Files by these names are held to be weights; everything else only must not be a pickle that runs code. */
export const WEIGHTS_NAME =
  /\.(onnx|safetensors|pt|pth|ckpt|pkl|pickle|npy|npz|joblib|gguf|h5|hdf5|tflite|pte|mlmodel|keras|skops|pt2|ubj|nemo)$/i;

/** Ending that compression of the whole file adds. */
const PACKED_ENDING = /\.(gz|bz2|xz|lzma|lz4|z)$/i;

/** Whether the name of a file that is given by itself is that of weights, compressed or not. */
export function promisesWeights(name: string): boolean {
  return WEIGHTS_NAME.test(name.replace(PACKED_ENDING, ''));
}
