import { defineRule } from '../../rule.ts';
import { atField, withManifest } from '../../with-manifest.ts';

export const torchServeRuntime = defineRule({
  id: 'compatibility/torchserve-runtime',
  severity: 'info',
  title: 'TorchServe knows the runtime',
  help: 'Only "mar serve" knows the runtime nodejs, for handlers in TypeScript and JavaScript; TorchServe refuses to register the archive.',
  check: withManifest(({ runtime }) => {
    if (runtime !== 'nodejs') return [];
    return [
      {
        message: 'The handler is JavaScript: mar serve runs it, TorchServe refuses the runtime nodejs.',
        at: atField('/runtime'),
        hint: 'Ignore this unless TorchServe must serve the archive.',
      },
    ];
  }),
});
