import { nearest } from '../../../core/names/nearest.ts';
import { workflowSettingNames } from '../../../model/workflow/workflow-spec.ts';
import { defineRule, type Observation } from '../../rule.ts';

export const workflowSettings = defineRule({
  id: 'workflow/settings',
  severity: 'warning',
  title: 'Settings of the models are spelled correctly and consistent',
  help: 'Known settings are min-workers, max-workers, batch-size, max-batch-delay, retry-attempts and timeout-ms; others are ignored without a message, and among the models a misspelled one is read as a model. TorchServe starts max-workers workers whatever min-workers is. A setting for all models applies only to those written after it.',
  async check(subject) {
    const { spec, manifest } = await subject.workflow();
    if (spec === undefined) return [];
    const member = manifest.workflow?.specFile ?? '';
    return [...spec.models.values()].flatMap(({ name, settings, unknownKeys }): Observation[] => {
      const at = { member, pointer: `/models/${name}` };
      const { minWorkers, maxWorkers } = settings;
      const unknown = unknownKeys.map((key) => {
        const meant = nearest(key, workflowSettingNames);
        const message = `The model ${name} has the unknown key ${JSON.stringify(key)}.`;
        return {
          message,
          at,
          hint: meant ? `Did you mean ${meant}?` : `Known are url, ${workflowSettingNames.join(', ')}.`,
        };
      });
      if (minWorkers <= maxWorkers) return unknown;
      const message = `The model ${name} has min-workers ${minWorkers} above max-workers ${maxWorkers}; TorchServe starts ${maxWorkers}.`;
      return [...unknown, { message, at, hint: 'Raise max-workers.' }];
    });
  },
});
