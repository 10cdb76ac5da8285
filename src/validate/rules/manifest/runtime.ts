import { isRuntime, runtimes } from '../../../model/documents/manifest.ts';
import { defineRule } from '../../rule.ts';
import { atField, withManifest } from '../../with-manifest.ts';

export const manifestRuntime = defineRule({
  id: 'manifest/runtime',
  severity: 'error',
  title: 'The runtime is a known one',
  help: 'python, python3 and LSP are TorchServe\'s; nodejs is ours, for handlers in TypeScript and JavaScript. TorchServe answers "Runtime is not defined or invalid." to anything else. Without a runtime it uses python.',
  check: withManifest(({ runtime }) => {
    if (runtime === undefined || isRuntime(runtime)) return [];
    return [
      {
        message: `The runtime is ${JSON.stringify(runtime)}; expected one of ${runtimes.join(', ')}.`,
        at: atField('/runtime'),
        hint: 'Pack the files again with --runtime.',
      },
    ];
  }),
});
