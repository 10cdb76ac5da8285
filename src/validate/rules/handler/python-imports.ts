import { posix } from 'node:path';
import type { Requirements } from '../../../model/documents/requirements.ts';
import type { PythonImport } from '../../../source/parse-python.ts';
import { pythonStandardLibrary, torchServePackages } from '../../../source/python-modules.ts';
import { defineRule, type Observation } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

export const handlerPythonImports = defineRule({
  id: 'handler/python-imports',
  severity: 'warning',
  title: 'Every import of the Python handler exists',
  help: "An import must be a file of the archive, a module of Python's standard library, a package that TorchServe brings (torch, numpy, Pillow and the like) or one in the requirements file. The files of the archive that it imports are followed, the model file too. Files beside the handler are not packed by themselves: name them in --extra-files. A relative import of the handler cannot work: TorchServe imports it as a module of its own, without a package.",
  async check(subject) {
    const handler = await subject.handler();
    const members = new Set<string>((await subject.members()).keys());
    const start = [
      ...(handler.kind === 'python' ? [handler.member] : []),
      ...(await modelFiles(subject)).filter((member) => members.has(member)),
    ];
    return checkModules(start, subject, { members, required: await subject.requirements() });
  },
});

/** Maximum files of one archive that are followed; more would add nothing new. */
const MAX_MODULES = 500;

interface Surroundings {
  readonly members: ReadonlySet<string>;
  readonly required: Requirements;
}

async function modelFiles(subject: Subject): Promise<string[]> {
  const { modelFile } = await subject.model();
  return modelFile?.endsWith('.py') ? [modelFile] : [];
}

/** The modules that servers import, and the modules of the archive that those import, breadth first. */
async function checkModules(
  start: readonly string[],
  subject: Subject,
  surroundings: Surroundings,
): Promise<Observation[]> {
  const pending = [...new Set(start)];
  const known = new Set(pending);
  const seen: Observation[] = [];
  for (const member of pending) {
    const facts = known.size <= MAX_MODULES ? await subject.python(member) : undefined;
    for (const found of facts?.imports ?? []) {
      if (!found.required) continue;
      const place = resolveImport(found, member, start.includes(member), surroundings);
      if (place.kind === 'missing') seen.push(place.observation);
      for (const next of place.kind === 'members' ? place.members : []) {
        if (!known.has(next)) pending.push(next);
        known.add(next);
      }
    }
  }
  return seen;
}

type Place =
  | { readonly kind: 'members'; readonly members: readonly string[] }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'missing'; readonly observation: Observation };

function resolveImport(found: PythonImport, member: string, isTop: boolean, around: Surroundings): Place {
  const { module, level, line } = found;
  const at = { member, line };
  if (level > 0) return resolveRelative(found, member, isTop, around);
  const [root = ''] = module.split('.');
  if (root === '' || pythonStandardLibrary.has(root)) return { kind: 'elsewhere' };
  const { members, required } = around;
  const isInstalled = torchServePackages.has(root) || required.mayProvide(root);
  // An installed package wins over a folder of its name that is not a package (such as data/).
  const isLocal = members.has(`${root}.py`) || members.has(`${root}/__init__.py`);
  if (isLocal || (!isInstalled && hasFiles(root, members)))
    return resolveLocal(module.replaceAll('.', '/'), found, member, members);
  if (isInstalled) return { kind: 'elsewhere' };
  const message = `${member} imports ${JSON.stringify(root)}, which is not a file of the archive, not a module of Python, and not in the requirements file.`;
  const hint = `Pack ${root}.py with --extra-files, or name the package in --requirements-file.`;
  return { kind: 'missing', observation: { message, at, hint } };
}

function resolveRelative(found: PythonImport, member: string, isTop: boolean, { members }: Surroundings): Place {
  const { module, level, line } = found;
  const text = `${'.'.repeat(level)}${module}`;
  const folder = posix.dirname(member);
  // The __init__.py of a package is imported as a package, so relative imports work in it and in the modules below.
  if (folder === '.' || (isTop && !member.endsWith('/__init__.py'))) {
    const message = `${member} imports ${JSON.stringify(text)} relatively; it is imported without a package, so this fails.`;
    const hint = `Write the import without the ${level === 1 ? 'dot' : 'dots'}.`;
    return { kind: 'missing', observation: { severity: 'error', message, at: { member, line }, hint } };
  }
  const base = posix.join(folder, ...Array<string>(level - 1).fill('..'));
  // `from . import name` may mean a module or a name of __init__.py.
  if (module === '' || base === '.' || base.startsWith('..')) return { kind: 'elsewhere' };
  return resolveLocal(posix.join(base, module.replaceAll('.', '/')), found, member, members);
}

/** A module of the archive, and those of its names that are modules themselves. */
function resolveLocal(path: string, found: PythonImport, from: string, members: ReadonlySet<string>): Place {
  const paths = [path, ...found.names.map((name) => `${path}/${name}`)];
  const there = paths.flatMap((each) => [`${each}.py`, `${each}/__init__.py`].filter((name) => members.has(name)));
  if (there.length > 0) return { kind: 'members', members: there };
  if (hasFiles(path, members)) return { kind: 'elsewhere' };
  const text = `${'.'.repeat(found.level)}${found.module}`;
  const message = `${from} imports ${JSON.stringify(text)}, and the archive has no ${path}.py.`;
  return {
    kind: 'missing',
    observation: { message, at: { member: from, line: found.line }, hint: `Pack ${path}.py too.` },
  };
}

/** A folder of that name, or a compiled module under one of its many names. */
function hasFiles(path: string, members: ReadonlySet<string>): boolean {
  for (const member of members) {
    if (member.startsWith(`${path}/`)) return true;
    if (member.startsWith(`${path}.`) && /\.(so|pyd|pyc)$/.test(member)) return true;
  }
  return false;
}
