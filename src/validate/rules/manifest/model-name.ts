import { MODEL_NAME } from '../../../model/documents/manifest.ts';
import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

export const manifestModelName = defineRule({
  id: 'manifest/model-name',
  severity: 'error',
  title: 'The model has a name that is safe in a URL and as a folder',
  help: 'The name becomes a part of URLs and of file names. It starts with a letter or a digit, followed by letters, digits, "_", "-" and ".", as torch-model-archiver demands.',
  check: withModel(({ modelName }) => {
    const at = atField('/model/modelName');
    const hint = 'Pack the files again with --model-name.';
    if (modelName === undefined || modelName === '')
      return [{ message: 'The manifest gives the model no name.', at, hint }];
    if (MODEL_NAME.test(modelName)) return [];
    return [{ message: `The model is called ${JSON.stringify(modelName)}; expected ${MODEL_NAME.source}.`, at, hint }];
  }),
});
