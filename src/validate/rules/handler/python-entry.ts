import type { PythonClass, PythonFacts } from '../../../source/parse-python.ts';
import { defineRule, type Observation } from '../../rule.ts';

export const handlerPythonEntry = defineRule({
  id: 'handler/python-entry',
  severity: 'error',
  title: 'The Python handler has an entry point',
  help: 'TorchServe calls the function named after the colon, or "handle"; without such a function the module must define exactly one class, with the methods initialize and handle. Imported classes do not count, and base classes defined in the same file do.',
  async check(subject) {
    const handler = await subject.handler();
    if (handler.kind !== 'python') return [];
    const facts = await subject.python(handler.member);
    // A module that cannot be parsed, or that imports names with a star, may define anything.
    if (!facts || facts.errors.length > 0 || facts.hasStarImport || facts.names.has('__getattr__')) return [];
    const { member, entryPoint } = handler;
    return findProblems(facts, entryPoint ?? 'handle', entryPoint !== undefined).map((seen) => ({
      ...seen,
      at: { member, ...seen.at },
    }));
  },
});

function findProblems({ names, classes }: PythonFacts, entry: string, isNamed: boolean): Observation[] {
  const named = classes.find(({ name }) => name === entry);
  if (named) {
    const message = `The entry point ${entry} is a class; TorchServe calls it as a function (data, context).`;
    return [
      {
        severity: 'warning',
        message,
        at: { line: named.line },
        hint: `Remove ":${entry}": a module with one class needs no entry point.`,
      },
    ];
  }
  if (names.has(entry)) return [];
  const [only] = classes;
  if (classes.length === 1 && only) return findMissingMethods(only);
  const wanted = `a function ${entry}(data, context), or exactly one class`;
  const message =
    classes.length === 0
      ? `The handler defines no function ${JSON.stringify(entry)} and no class; TorchServe needs ${wanted}.`
      : `The handler defines no function ${JSON.stringify(entry)} and ${classes.length} classes (${classes.map(({ name }) => name).join(', ')}); TorchServe needs ${wanted}.`;
  const hint =
    classes.length === 0
      ? 'Define the function or a class with the methods initialize and handle.'
      : 'Move the other classes to a file of their own, packed with --extra-files.';
  return [{ message, hint: isNamed ? `Check the spelling after the colon. ${hint}` : hint }];
}

/** Missing methods are only certain for a class without imported bases. */
function findMissingMethods({ name, line, bases, members }: PythonClass): Observation[] {
  if (bases.some((base) => base !== 'object' && base !== 'ABC' && base !== 'abc.ABC') || members.has('__getattr__'))
    return [];
  const missing = ['initialize', 'handle'].filter((method) => !members.has(method));
  if (missing.length === 0) return [];
  const message = `The class ${name} has no method ${missing.join(' and no ')}, which TorchServe calls.`;
  return [
    { message, at: { line }, hint: 'Define it, or derive the class from ts.torch_handler.base_handler.BaseHandler.' },
  ];
}
