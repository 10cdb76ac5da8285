import { defineRule } from '../../rule.ts';
import { atField, withManifest } from '../../with-manifest.ts';

export const manifestModel = defineRule({
  id: 'manifest/model',
  severity: 'error',
  title: 'The manifest describes a model',
  help: 'TorchServe answers "Missing Model entry in manifest file." when there is no object called "model".',
  check: withManifest(({ model }) => {
    if (model) return [];
    return [
      {
        message: 'The manifest has no "model".',
        at: atField(''),
        hint: 'Pack the files with ts-model-archiver, which writes it.',
      },
    ];
  }),
});
