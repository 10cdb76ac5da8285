import { editManifest } from '../../fix-files.ts';
import { defineRule } from '../../rule.ts';
import { atField, withManifest } from '../../with-manifest.ts';

export const runtimeHandler = defineRule({
  id: 'compatibility/runtime-handler',
  severity: 'error',
  title: 'Runtime and handler match',
  help: 'The runtime says who runs the handler. A JavaScript handler with a Python runtime is run by Python, and the reverse.',
  fix: {
    what: 'sets the runtime nodejs',
    apply: (files, subject) => editManifest(files, subject, (manifest) => ({ ...manifest, runtime: 'nodejs' })),
  },
  check: withManifest(async ({ runtime = 'python' }, subject) => {
    const handler = await subject.handler();
    const isPython = runtime === 'python' || runtime === 'python3';
    if (handler.kind !== 'module' || !isPython) return [];
    const message = `The handler ${handler.member} is JavaScript, but the runtime is ${runtime}.`;
    return [
      { message, at: atField('/runtime'), hint: 'Pack the files again with --runtime nodejs, or without --runtime.' },
    ];
  }),
});
