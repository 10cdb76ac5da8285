import { looksLikeLabels } from '../../../model/config/check-config.ts';
import { LABELS_FILE } from '../../../model/documents/labels.ts';
import { defineRule } from '../../rule.ts';
import { withConfig } from '../../with-config.ts';

export const configLabels = defineRule({
  id: 'config/labels',
  severity: 'warning',
  title: 'The configuration is no file of labels',
  help: 'A file whose keys are class numbers holds labels. Given as the configuration it sets nothing, and the answers are class numbers instead of names.',
  check: withConfig((config) => {
    if (!looksLikeLabels(config)) return [];
    const count = Object.keys(config.values).length;
    return [
      {
        message: `${config.member} maps ${count} class numbers to names: it holds labels, and is packed as the configuration.`,
        at: { member: config.member },
        hint: `Pack it as ${LABELS_FILE} with --extra-files instead of --config-file.`,
      },
    ];
  }),
});
