import { findMisspeltKeys } from '../../../model/config/check-config.ts';
import { defineRule } from '../../rule.ts';
import { atConfig, withConfig } from '../../with-config.ts';

export const configUnknown = defineRule({
  id: 'config/unknown',
  severity: 'warning',
  title: 'No setting is misspelt',
  help: 'Keys that neither TorchServe nor the built-in handler knows are left to handlers, so a typing error changes nothing and says nothing. Only keys that are very near to a known one are reported.',
  check: withConfig(async (config, subject) => {
    const handler = await subject.handler();
    return findMisspeltKeys(config, handler.kind === 'builtin' ? handler.name : undefined).map(atConfig(config));
  }),
});
