import { findMisspeltKeys } from '../../../model/config/check-config.ts';
import { defineRule } from '../../rule.ts';
import { atConfig, withConfig } from '../../with-config.ts';

export const configUnknown = defineRule({
  id: 'config/unknown',
  severity: 'warning',
  title: 'No setting is misspelled',
  help: 'Keys that neither TorchServe nor the built-in handler knows are left to handlers, so a misspelled key has no effect and no error. Only keys very similar to a known one are reported.',
  check: withConfig(async (config, subject) => {
    const handler = await subject.handler();
    return findMisspeltKeys(config, handler.kind === 'builtin' ? handler.name : undefined).map(atConfig(config));
  }),
});
