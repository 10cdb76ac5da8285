import { findModuleErrors } from '../../../source/bundle.ts';
import { defineRule } from '../../rule.ts';

export const handlerModuleSyntax = defineRule({
  id: 'handler/module-syntax',
  severity: 'error',
  title: 'The JavaScript of the handler can be parsed',
  help: 'The module is parsed without being run. If the first parser is unsure, a second one (esbuild, if installed) decides; without it the finding is a warning.',
  async check(subject) {
    const handler = await subject.handler();
    if (handler.kind !== 'module') return [];
    const { member } = handler;
    const text = await subject.text(member);
    const facts = await subject.module(member);
    if (text === undefined || !facts) {
      return [
        { severity: 'warning', message: `${member} is not checked: it is too large or not UTF-8.`, at: { member } },
      ];
    }
    if (facts.errors.length === 0) return [];
    const certain = await findModuleErrors(text, member);
    const [error] = certain ?? facts.errors;
    if (!error) return [];
    const { line, column, message } = error;
    return [
      {
        severity: certain ? 'error' : 'warning',
        message: `${member} is not valid JavaScript at line ${line}: ${message}.`,
        at: { member, line, column },
        hint: 'Fix the source and pack it again.',
      },
    ];
  },
});
