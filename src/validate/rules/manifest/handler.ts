import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

export const manifestHandler = defineRule({
  id: 'manifest/handler',
  severity: 'error',
  title: 'The manifest names a handler',
  help: 'A server runs the model through its handler. Only TorchServe has a default handler (default_service_handler); an archive should name its own.',
  check: withModel(({ handler }) => {
    if (handler !== undefined && handler !== '') return [];
    return [
      {
        message: 'The manifest names no handler.',
        at: atField('/model/handler'),
        hint: 'Pack the files again with --handler.',
      },
    ];
  }),
});
