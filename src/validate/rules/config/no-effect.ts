import { findInertSettings } from '../../../model/config/check-config.ts';
import { isOnnxName } from '../../../weights/onnx-name.ts';
import { defineRule } from '../../rule.ts';
import type { Subject } from '../../subject.ts';
import { atConfig, withConfig } from '../../with-config.ts';

export const configNoEffect = defineRule({
  id: 'config/no-effect',
  severity: 'info',
  title: 'Every setting does something in mar serve too',
  help: 'TorchServe talks to its workers without waiting (asyncCommunication) and spreads a model over processes (parallelType, torchrun). mar serve does so for Python alone, and says at its start what has no effect.',
  check: withConfig(async (config, subject) => {
    const runner = (await runsInNode(subject)) ? 'Node' : 'Python';
    return findInertSettings(config, runner).map(atConfig(config));
  }),
});

/** A JavaScript handler, or a built-in one over ONNX; TorchServe's worker runs the rest. */
async function runsInNode(subject: Subject): Promise<boolean> {
  const handler = await subject.handler();
  if (handler.kind === 'builtin') return isOnnxName((await subject.model()).serializedFile);
  return handler.kind === 'module';
}
