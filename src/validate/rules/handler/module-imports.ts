import { posix } from 'node:path';
import { isProvided } from '../../../source/bundle.ts';
import type { ModuleImport } from '../../../source/parse-module.ts';
import { defineRule, type Observation } from '../../rule.ts';

export const handlerModuleImports = defineRule({
  id: 'handler/module-imports',
  severity: 'error',
  title: 'Every import of the module exists',
  help: 'An archive must run without installed packages: its module may import Node itself, the handler SDK, onnxruntime-node and other members of the archive. Everything else is bundled when the handler is packed.',
  async check(subject) {
    const handler = await subject.handler();
    if (handler.kind !== 'module') return [];
    const facts = await subject.module(handler.member);
    if (!facts || facts.errors.length > 0) return [];
    const members = new Set((await subject.members()).keys());
    return facts.imports.flatMap((found) => judge(found, handler.member, members));
  },
});

function judge(
  { specifier, line, optional, kind }: ModuleImport,
  member: string,
  members: ReadonlySet<string>,
): Observation[] {
  const at = { member, line };
  if (specifier === undefined) {
    // Bundled CommonJS packages keep computed requires for cases that do not occur; a computed import is intended.
    if (kind === 'require') return [];
    return [
      {
        severity: 'info',
        message: `${member} imports a module whose name is computed at run time; it cannot be checked.`,
        at,
      },
    ];
  }
  if (optional || isProvided(specifier)) return [];
  if (/^\.{1,2}\//.test(specifier) && members.has(posix.join(posix.dirname(member), specifier))) return [];
  const message = `${member} imports ${JSON.stringify(specifier)}, which is not in the archive.`;
  return [
    { message, at, hint: 'Pack the source with ts-model-archiver --handler: it bundles what the handler imports.' },
  ];
}
