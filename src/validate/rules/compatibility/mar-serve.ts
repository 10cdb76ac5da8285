import { judgeMarServe } from '../../../model/runs.ts';
import { defineRule } from '../../rule.ts';
import { atField } from '../../with-manifest.ts';

export const marServe = defineRule({
  id: 'compatibility/mar-serve',
  severity: 'info',
  title: 'mar serve can run the handler',
  help: 'Without Python, "mar serve" runs ONNX models with the built-in handlers it has, and handlers in TypeScript or JavaScript. TorchServe\'s own worker runs Python handlers; nothing here runs C++ handlers.',
  async check(subject) {
    const { obstacle, why } = await judgeMarServe(subject);
    if (obstacle !== 'cpp' && obstacle !== 'no-builtin') return [];
    const hint = 'Serve the archive with TorchServe, or write the handler in TypeScript.';
    return [{ message: `mar serve cannot run this archive. ${why}`, at: atField('/model/handler'), hint }];
  },
});
