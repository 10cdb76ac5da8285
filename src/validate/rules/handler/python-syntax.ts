import { defineRule, type Observation } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

export const handlerPythonSyntax = defineRule({
  id: 'handler/python-syntax',
  severity: 'error',
  title: 'The Python of the archive can be parsed',
  help: 'The handler and the model file are parsed with the grammar of Python 3.8 to 3.15, without being run. An error is one that each of these Pythons reports; code of Python 2 is one. What only Python 3.13 or newer reads (defaults of type parameters, t-strings, exceptions without brackets) is a warning. Not seen are the names of codecs and of Unicode characters, await in a function that is not async, and a late import from __future__.',
  async check(subject) {
    const files = await pythonFiles(subject);
    const facts = await Promise.all(files.map(async (member) => ({ member, python: await subject.python(member) })));
    return facts.flatMap(({ member, python }): Observation[] => {
      if (python === undefined) {
        return [
          {
            severity: 'warning',
            message: `${member} is not judged: it is too large, or neither UTF-8 nor in an encoding that it names and we know.`,
            at: { member },
          },
        ];
      }
      const [error] = python.errors;
      if (!error) return [];
      const { line, column, message } = error;
      return [
        {
          severity: python.certain ? 'error' : 'warning',
          message: python.certain
            ? `${member} is not valid Python at line ${line}: ${message}.`
            : `${member} needs a newer Python than most servers have, at line ${line}: ${message}.`,
          at: { member, line, column },
          hint: `Try it with: python -m py_compile ${member}`,
        },
      ];
    });
  },
});

/** Python files that a server imports by name: the handler and the model file. */
async function pythonFiles(subject: Subject): Promise<string[]> {
  const files = new Set<string>();
  const handler = await subject.handler();
  if (handler.kind === 'python') files.add(handler.member);
  const { modelFile } = await subject.model();
  if (modelFile?.endsWith('.py') && (await subject.tree.has(modelFile))) files.add(modelFile);
  return [...files];
}
