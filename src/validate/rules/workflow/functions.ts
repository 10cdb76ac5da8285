import { nearest } from '../../../core/names/nearest.ts';
import type { WorkflowHandler } from '../../../model/workflow/read-workflow.ts';
import { findEntryProblem } from '../../../source/module-entry.ts';
import { defineRule, type Observation } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

export const workflowFunctions = defineRule({
  id: 'workflow/functions',
  severity: 'error',
  title: 'Every node that is not a model is a function of the handler',
  help: 'A node whose name is not among the models is a function (data, context) of the handler file, by the same name. Python functions are defined or imported at the top level of the file; functions in JavaScript or TypeScript are exports of the module.',
  async check(subject) {
    const { nodes, spec, handler, manifest } = await subject.workflow();
    const names = nodes.filter(({ kind }) => kind === 'function').map(({ name }) => name);
    if (names.length === 0 || spec === undefined) return [];
    if (handler === undefined) return [reportMissing(names, manifest.workflow?.handler)];
    const known = await readFunctions(subject, handler);
    if (known === undefined) return [];
    const models = [...spec.models.keys()];
    return names.flatMap((name): Observation[] => {
      const reason = known.missing(name);
      if (reason === undefined) return [];
      const meant = nearest(name, [...models, ...known.names]);
      return [
        {
          message: `The node ${name} is neither a model nor a function of ${handler.member}: ${reason}.`,
          at: { member: handler.member },
          hint: meant ? `Did you mean ${meant}?` : 'Define the function, or name the model in models.',
        },
      ];
    });
  },
});

function reportMissing(names: readonly string[], handler: string | undefined): Observation {
  const message = handler
    ? `The manifest names the handler ${JSON.stringify(handler)}, which is not in the archive; ${names.join(', ')} must be functions of it.`
    : `The workflow has no handler; ${names.join(', ')} must be functions of one.`;
  return { message, hint: 'Pack it with --handler, or name the models in models.' };
}

interface KnownFunctions {
  readonly names: readonly string[];
  /** Why there is certainly no function of that name, or undefined if there may be one. */
  missing(name: string): string | undefined;
}

/** Undefined if the file cannot be parsed, which other rules report, or may define anything. */
async function readFunctions(subject: Subject, { kind, member }: WorkflowHandler): Promise<KnownFunctions | undefined> {
  if (kind === 'module') {
    const facts = await subject.module(member);
    if (!facts || facts.errors.length > 0) return undefined;
    const names = facts.exports.map(({ name }) => name);
    return { names, missing: (name) => findEntryProblem(facts, name)?.reason };
  }
  const facts = await subject.python(member);
  if (!facts || facts.errors.length > 0 || facts.hasStarImport || facts.names.has('__getattr__')) return undefined;
  const names = facts.functions.map(({ name }) => name);
  const listed = names.length === 0 ? 'nothing' : names.join(', ');
  const isClass = (name: string) => facts.classes.some((found) => found.name === name);
  return {
    names,
    missing: (name) => (isClass(name) ? 'it is a class' : facts.names.has(name) ? undefined : `it defines ${listed}`),
  };
}
