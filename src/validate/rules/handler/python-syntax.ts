import { defineRule, type Observation } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

export const handlerPythonSyntax = defineRule({
  id: 'handler/python-syntax',
  severity: 'error',
  title: 'The Python of the archive can be parsed',
  help: 'The handler and the model file are parsed as Python 3.12 without being run. Not everything is seen: an invalid escape in a string, a return outside a function and the like pass. Where the parser itself is known to be weak (match statements, parenthesised with), an error is only a warning.',
  async check(subject) {
    const files = await pythonFiles(subject);
    const facts = await Promise.all(files.map(async (member) => ({ member, python: await subject.python(member) })));
    return facts.flatMap(({ member, python }): Observation[] => {
      if (python === undefined) {
        return [
          {
            severity: 'warning',
            message: `${member} is not judged: it is too large or not UTF-8.`,
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
          message: `${member} is not valid Python at line ${line}: ${message}.`,
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
  const reading = await subject.manifest();
  const modelFile = reading.kind === 'ok' ? reading.manifest.model?.modelFile : undefined;
  if (modelFile?.endsWith('.py') && (await subject.tree.has(modelFile))) files.add(modelFile);
  return [...files];
}
