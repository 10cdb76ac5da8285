/** TensorFlow and Keras: a SavedModel folder, by itself or as a version of TensorFlow Serving. */
import { type Artefact, newArtefact } from '../common/artefact.ts';
import type { ArtefactFiles } from '../common/files.ts';

const SAVED_MODEL = /^(?:(\d{1,18})\/)?saved_model\.pb$/;

export async function readTensorflow(files: ArtefactFiles): Promise<Artefact | undefined> {
  const found = files.paths.flatMap((path) => {
    const match = SAVED_MODEL.exec(path);
    return match ? [{ path, version: match[1] }] : [];
  });
  const [model, ...others] = found.sort((a, b) => Number(b.version ?? 0) - Number(a.version ?? 0));
  if (model === undefined) return undefined;
  const isKeras = files.has(model.path.replace('saved_model.pb', 'keras_metadata.pb'));
  const folder = model.path.replace('saved_model.pb', '');
  const what =
    'A TorchServe handler in Python that loads the folder with tf.saved_model.load (or keras.models.load_model) and answers its signature serving_default; or convert the model to ONNX (tf2onnx), which needs no Python.';
  return {
    ...newArtefact(isKeras ? 'SavedModel of Keras' : 'SavedModel of TensorFlow'),
    modelName: files.name,
    ...(model.version !== undefined && { modelVersion: model.version }),
    framework: isKeras ? 'keras' : 'tensorflow',
    weights: [model.path],
    notes: others.length === 0 ? [] : [`Of ${found.length} versions the highest is packed.`],
    recipe: {
      handler: { kind: 'own', what },
      weights: [{ to: 'saved_model.pb', member: model.path }],
      files: files.paths
        .filter((path) => path.startsWith(folder) && path !== model.path)
        .map((member) => ({ to: member.slice(folder.length), member })),
    },
  };
}
