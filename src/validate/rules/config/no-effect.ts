import { findInertSettings } from '../../../model/config/check-config.ts';
import { defineRule } from '../../rule.ts';
import { atConfig, withConfig } from '../../with-config.ts';

export const configNoEffect = defineRule({
  id: 'config/no-effect',
  severity: 'info',
  title: 'Every setting does something in mar serve too',
  help: 'TorchServe adds requests to a batch that runs (continuousBatching), talks to its workers without waiting (asyncCommunication) and spreads a model over processes (parallelType, torchrun). mar serve does not, and says so when it starts.',
  check: withConfig((config) => findInertSettings(config).map(atConfig(config))),
});
