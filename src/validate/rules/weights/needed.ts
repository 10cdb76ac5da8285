import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

export const weightsNeeded = defineRule({
  id: 'weights/needed',
  severity: 'error',
  title: 'A built-in handler has weights to run',
  help: 'The handlers that servers bring load the file called serializedFile: an ONNX model, a TorchScript module (.pt), or a state dict together with the model file that defines its class. Without one the worker fails when it loads.',
  check: withModel(async ({ serializedFile, modelFile }, subject) => {
    const handler = await subject.handler();
    // The language model handlers fetch their weights by name.
    if (handler.kind !== 'builtin' || ['vllm_handler', 'trt_llm_handler'].includes(handler.name)) return [];
    if (serializedFile) return [];
    const message = `The built-in handler ${handler.name} needs weights, and the manifest names no serializedFile${modelFile ? ' beside the modelFile' : ''}.`;
    return [{ message, at: atField('/model/serializedFile'), hint: 'Pack the files again with --serialized-file.' }];
  }),
});

/** What TorchServe's base handler loads without a class of the user's (contract 6.1), and onnxruntime's own form, which runs here. */
const SELF_CONTAINED = /\.(pt|onnx|ort|so|pt2)$/;

export const weightsModelFile = defineRule({
  id: 'weights/model-file',
  severity: 'error',
  title: 'A state dict comes with its model class',
  help: 'A built-in handler loads .pt as TorchScript and .onnx as ONNX by itself. Anything else, a .pth say, holds only tensors: TorchServe answers "No model weights could be loaded" without the Python file that defines the network (--model-file).',
  check: withModel(async ({ serializedFile, modelFile }, subject) => {
    const handler = await subject.handler();
    if (handler.kind !== 'builtin' || !serializedFile || modelFile || SELF_CONTAINED.test(serializedFile)) return [];
    const message = `The built-in handler ${handler.name} cannot load ${JSON.stringify(serializedFile)} by itself, and the manifest names no modelFile.`;
    return [
      {
        message,
        at: atField('/model/modelFile'),
        hint: 'Pack the class with --model-file, or export the model as TorchScript (.pt) or ONNX.',
      },
    ];
  }),
});

export const weightsModelClass = defineRule({
  id: 'weights/model-class',
  severity: 'error',
  title: 'The model file defines exactly one class',
  help: 'A built-in handler instantiates the only class of the model file; with several TorchServe answers "Expected only one class as model definition". Layers of your own go into a file beside it.',
  check: withModel(async ({ modelFile }, subject) => {
    const handler = await subject.handler();
    if (handler.kind !== 'builtin' || !modelFile?.endsWith('.py') || !(await subject.tree.has(modelFile))) return [];
    const facts = await subject.python(modelFile);
    if (!facts || facts.errors.length > 0 || facts.hasStarImport || facts.classes.length === 1) return [];
    const names = facts.classes.map(({ name }) => name).join(', ') || 'none';
    const message = `${modelFile} defines ${facts.classes.length} classes (${names}); the built-in handler ${handler.name} needs exactly one.`;
    return [
      {
        message,
        at: { member: modelFile },
        hint: 'Move the other classes to a file of their own, packed with --extra-files.',
      },
    ];
  }),
});
