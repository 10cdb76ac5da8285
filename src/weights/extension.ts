import { extname } from 'node:path';
import { formatNames } from './reading/named.ts';
import { quote, type WeightsProblem } from './reading/problem.ts';

const torch = ['torch-zip', 'torch-legacy', 'torchscript'];

/** What a file of this extension is taken for. Extensions that mean anything (.bin, .model) are left out. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  '.onnx': ['onnx'],
  '.safetensors': ['safetensors'],
  '.pt': torch,
  '.pth': torch,
  '.ckpt': torch,
  '.pkl': ['pickle', 'joblib', ...torch],
  '.pickle': ['pickle', 'joblib', ...torch],
  '.joblib': ['joblib', 'pickle'],
  '.npy': ['npy'],
  '.npz': ['npz'],
  '.gguf': ['GGUF'],
  '.h5': ['HDF5'],
  '.hdf5': ['HDF5'],
  '.tflite': ['TensorFlow Lite'],
  '.pte': ['ExecuTorch'],
  '.mlmodel': ['Core ML'],
  '.ubj': ['XGBoost'],
  '.nemo': ['NeMo'],
  '.keras': ['Keras'],
  '.skops': ['skops'],
  '.pt2': ['torch.export program'],
};

/** With those that have no extension of their own. */
const formats: ReadonlySet<string> = new Set([...Object.values(meanings).flat(), ...Object.values(formatNames)]);

/** A name that promises another format than the content shows. */
export function findNameProblem(name: string, detected: string | undefined): WeightsProblem | undefined {
  const extension = extname(name).toLowerCase();
  const meant = meanings[extension];
  if (!meant || !detected || !formats.has(detected) || meant.includes(detected)) return undefined;
  return {
    rule: 'weights/extension',
    message: `${quote(name)} is called ${extension} and its content is ${detected}.`,
    hint: 'Rename it to what it is, or save it in the format its name says.',
  };
}
