import type { PythonImport } from '../../../handlers/parse-python.ts';
import { pythonStandardLibrary, torchServePackages } from '../../../handlers/python-modules.ts';
import { defineRule, type Observation } from '../../rule.ts';
import { readRequirements } from '../requirements.ts';

export const handlerPythonImports = defineRule({
  id: 'handler/python-imports',
  severity: 'warning',
  title: 'What the Python handler imports will be there',
  help: "An import must be a file of the archive, a module of Python's standard library, a package that TorchServe brings (torch, numpy, Pillow and the like) or one in the requirements file. Files beside the handler are not packed by themselves: name them in --extra-files. A relative import cannot work: TorchServe imports the handler as a module of its own, without a package.",
  async check(subject) {
    const handler = await subject.handler();
    if (handler.kind !== 'python') return [];
    const facts = await subject.python(handler.member);
    if (!facts) return [];
    const members = new Set((await subject.members()).keys());
    const required = await readRequirements(subject);
    const isKnown = (root: string) =>
      isLocal(root, members) ||
      pythonStandardLibrary.has(root) ||
      torchServePackages.has(root) ||
      required.mayProvide(root);
    const { member } = handler;
    return facts.imports.filter(({ required: must }) => must).flatMap((found) => judge(found, member, isKnown));
  },
});

function judge(found: PythonImport, member: string, isKnown: (root: string) => boolean): Observation[] {
  const { module, level, line } = found;
  const at = { member, line };
  if (level > 0) {
    // A package's own __init__.py is imported as a package and may.
    if (member.endsWith('/__init__.py')) return [];
    const text = `${'.'.repeat(level)}${module}`;
    const message = `The handler imports ${JSON.stringify(text)} relatively; it is imported without a package, so this fails.`;
    return [{ severity: 'error', message, at, hint: `Write the import without the ${level === 1 ? 'dot' : 'dots'}.` }];
  }
  const root = module.split('.')[0] ?? '';
  if (root === '' || isKnown(root)) return [];
  const message = `The handler imports ${JSON.stringify(root)}, which is no file of the archive, no module of Python, and in no requirements file.`;
  return [{ message, at, hint: `Pack ${root}.py with --extra-files, or name the package in --requirements-file.` }];
}

function isLocal(root: string, members: ReadonlySet<string>): boolean {
  if (members.has(`${root}.py`) || members.has(`${root}.so`)) return true;
  for (const member of members) {
    if (member.startsWith(`${root}/`) || (member.startsWith(`${root}.`) && /\.(so|pyd)$/.test(member))) return true;
  }
  return false;
}
