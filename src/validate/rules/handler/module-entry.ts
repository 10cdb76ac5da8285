import { findEntryProblem } from '../../../source/module-entry.ts';
import { defineRule } from '../../rule.ts';

export const handlerModuleEntry = defineRule({
  id: 'handler/module-entry',
  severity: 'error',
  title: 'The module exports a handler',
  help: 'A handler is the export named after the colon, else the default export, else an export called "handler": an object with at least one of the steps preprocess, inference, postprocess and handle, or a function (rows, context). Otherwise the module itself may export functions named as the steps.',
  async check(subject) {
    const handler = await subject.handler();
    if (handler.kind !== 'module') return [];
    const facts = await subject.module(handler.member);
    if (!facts || facts.errors.length > 0) return [];
    const problem = findEntryProblem(facts, handler.entryPoint);
    if (!problem) return [];
    const { reason, line, hint } = problem;
    return [
      {
        message: `${handler.member} exports no handler: ${reason}.`,
        at: { member: handler.member, ...(line === undefined ? {} : { line }) },
        hint,
      },
    ];
  },
});
