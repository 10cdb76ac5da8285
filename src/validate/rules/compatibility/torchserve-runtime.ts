import { defineRule } from '../../rule.ts';
import { atField, withManifest } from '../../with-manifest.ts';

export const torchServeRuntime = defineRule({
  id: 'compatibility/torchserve-runtime',
  severity: 'info',
  title: 'TorchServe knows the runtime',
  help: 'The runtime nodejs is ours: "mar serve" runs a handler written in TypeScript, TorchServe refuses the archive when it is registered.',
  check: withManifest(({ runtime }) => {
    if (runtime !== 'nodejs') return [];
    return [
      {
        message: 'The handler is JavaScript: mar serve runs it, TorchServe refuses the runtime nodejs.',
        at: atField('/runtime'),
        hint: 'Nothing is to be done unless TorchServe is to serve the archive.',
      },
    ];
  }),
});
