import { builtinHandlers } from '../../../handlers/builtin/index.ts';
import { defineRule } from '../../rule.ts';
import { atField } from '../../with-manifest.ts';

export const marServe = defineRule({
  id: 'compatibility/mar-serve',
  severity: 'info',
  title: 'mar serve can run the handler on its own',
  help: 'Without Python, "mar serve" runs ONNX models with the built-in handlers it has, and handlers in TypeScript or JavaScript. Python and C++ handlers are run by TorchServe\'s own workers.',
  async check(subject) {
    const handler = await subject.handler();
    const at = atField('/model/handler');
    if (handler.kind === 'cpp')
      return [
        {
          message: `The handler ${JSON.stringify(handler.name)} is a C++ library, which needs TorchServe's C++ backend.`,
          at,
        },
      ];
    if (handler.kind !== 'builtin' || Object.hasOwn(builtinHandlers, handler.name)) return [];
    const own = Object.keys(builtinHandlers).join(', ');
    return [
      {
        message: `mar serve has no built-in ${handler.name} of its own; it has ${own}.`,
        at,
        hint: 'Serve the archive with TorchServe, or write the handler in TypeScript.',
      },
    ];
  },
});
