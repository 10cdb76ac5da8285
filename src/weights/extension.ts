import { extname } from 'node:path';
import { formatNames } from './reading/named.ts';
import { quote, type WeightsProblem } from './reading/problem.ts';

const torch = ['torch-zip', 'torch-legacy', 'torchscript'];

/** The format that an extension stands for. Ambiguous extensions (.bin, .model) are left out. */
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

/** Includes formats without an extension of their own. */
const formats: ReadonlySet<string> = new Set([...Object.values(meanings).flat(), ...Object.values(formatNames)]);

/** Reports a name that stands for another format than the content. */
export function findNameProblem(name: string, detected: string | undefined): WeightsProblem | undefined {
  const extension = extname(name).toLowerCase();
  const meant = meanings[extension];
  if (!meant || !detected || !formats.has(detected) || meant.includes(detected)) return undefined;
  return {
    rule: 'weights/extension',
    message: `${quote(name)} has the extension ${extension}, but its content is ${detected}.`,
    hint: 'Rename it to match its content, or save it in the format of its name.',
  };
}
