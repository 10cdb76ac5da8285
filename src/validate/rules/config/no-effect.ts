import { findInertSettings } from '../../../model/config/check-config.ts';
import { defineRule } from '../../rule.ts';
import { atConfig, withConfig } from '../../with-config.ts';

export const configNoEffect = defineRule({
  id: 'config/no-effect',
  severity: 'info',
  title: 'Every setting does something in mar serve too',
  help: 'TorchServe talks to its workers without waiting (asyncCommunication), spreads a model over processes (parallelType, torchrun) and lets sequences join a batch that runs (continuousBatching with sequenceBatching). mar serve does not, and says so when it starts.',
  check: withConfig((config) => findInertSettings(config).map(atConfig(config))),
});
