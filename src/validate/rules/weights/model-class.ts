import { defineRule } from '../../rule.ts';
import { withModel } from '../../with-manifest.ts';

export const weightsModelClass = defineRule({
  id: 'weights/model-class',
  severity: 'error',
  title: 'The model file defines exactly one class',
  help: 'A built-in handler instantiates the only class of the model file; with several TorchServe answers "Expected only one class as model definition". Custom layers belong in a file of their own.',
  check: withModel(async ({ modelFile }, subject) => {
    const handler = await subject.handler();
    if (handler.kind !== 'builtin' || !modelFile?.endsWith('.py') || !(await subject.tree.has(modelFile))) return [];
    const facts = await subject.python(modelFile);
    if (!facts || facts.errors.length > 0 || facts.hasStarImport || facts.classes.length === 1) return [];
    const names = facts.classes.map(({ name }) => name).join(', ') || 'none';
    const message = `${modelFile} defines ${facts.classes.length} classes (${names}); the built-in handler ${handler.name} needs exactly one.`;
    const hint = 'Move the other classes to a file of their own, packed with --extra-files.';
    return [{ message, at: { member: modelFile }, hint }];
  }),
});
