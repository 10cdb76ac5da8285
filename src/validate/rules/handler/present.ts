import { nearest } from '../../../core/names/nearest.ts';
import { upstreamBuiltins } from '../../../model/handler/builtin-names.ts';
import { defineRule } from '../../rule.ts';
import { atField } from '../../with-manifest.ts';

export const handlerPresent = defineRule({
  id: 'handler/present',
  severity: 'error',
  title: 'The handler is in the archive, or is built in',
  help: 'The manifest names a file of the archive or a built-in handler of the server. TorchServe does not check this: its worker dies when it imports the handler.',
  async check(subject) {
    const handler = await subject.handler();
    if (handler.kind !== 'missing') return [];
    const { text } = handler;
    const message = `The handler ${JSON.stringify(text)} is neither a member of the archive nor a built-in handler.`;
    return [{ message, at: atField('/model/handler'), hint: hintFor(text) }];
  },
});

function hintFor(text: string): string {
  if (/\.[cm]?ts\b/.test(text))
    return 'A TypeScript handler is bundled when it is packed: pack it with ts-model-archiver --handler.';
  const meant = nearest(text, upstreamBuiltins);
  return meant
    ? `Did you mean the built-in ${meant}?`
    : `Pack the file with --handler; built in are ${upstreamBuiltins.join(', ')}.`;
}
