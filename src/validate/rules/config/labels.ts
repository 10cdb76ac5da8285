import { looksLikeLabels } from '../../../model/config/check-config.ts';
import { LABELS_FILE } from '../../../model/documents/labels.ts';
import { defineRule } from '../../rule.ts';
import { withConfig } from '../../with-config.ts';

export const configLabels = defineRule({
  id: 'config/labels',
  severity: 'warning',
  title: 'The configuration is not a label file',
  help: 'A file whose keys are class indices is a label file. As a configuration it has no effect, and answers have class indices instead of names.',
  check: withConfig((config) => {
    if (!looksLikeLabels(config)) return [];
    const count = Object.keys(config.values).length;
    return [
      {
        message: `${config.member} maps ${count} class indices to names: it is a label file, packed as the configuration.`,
        at: { member: config.member },
        hint: `Pack it as ${LABELS_FILE} with --extra-files instead of --config-file.`,
      },
    ];
  }),
});
