import { findUnusableValues } from '../../../model/config/check-config.ts';
import { defineRule } from '../../rule.ts';
import { atConfig, withConfig } from '../../with-config.ts';

export const configValues = defineRule({
  id: 'config/values',
  severity: 'warning',
  title: 'Known settings have valid values',
  help: 'TorchServe ignores a setting of the wrong type with a line in its log (to it, 1.0 and 1e3 are not whole numbers), and coerces or ignores numbers out of range. minWorkers and maxWorkers count only together, minWorkers above 0 and not above maxWorkers.',
  check: withConfig((config) => findUnusableValues(config).map(atConfig(config))),
});
