import { addChange } from './add-change.ts';
import type { Differences } from './differences.ts';
import { findJsonChanges } from './json-changes.ts';
import type { Side } from './read-side.ts';

/** Who runs the model, and what its code imports; the code itself is compared as a file. */
export function compareHandlers(before: Side, after: Side, differences: Differences): void {
  const [one, two] = [before.content.handler, after.content.handler];
  if (one.kind !== two.kind || nameOf(one) !== nameOf(two)) {
    const isBuiltin = one.kind === 'builtin' && two.kind === 'builtin';
    addChange(
      differences,
      'handler',
      { path: [], pointer: '', change: 'changed', before: describe(one), after: describe(two) },
      isBuiltin
        ? { impact: 'breaking', why: 'Each built-in handler has requests and answers of its own.' }
        : { impact: 'handler', why: 'Other code answers.' },
    );
  }
  const imports = (side: Side) =>
    Object.fromEntries((side.content.handlerCode?.imports ?? []).map((name) => [name, name]));
  for (const change of findJsonChanges(imports(before), imports(after)))
    addChange(
      differences,
      'handler',
      { ...change, pointer: `import ${change.path[0] ?? ''}` },
      { impact: 'handler', why: 'The handler imports other modules.' },
    );
}

type Handler = Side['content']['handler'];

/** A file may be renamed without being another handler: its bytes say. */
function nameOf(handler: Handler): string {
  switch (handler.kind) {
    case 'builtin':
    case 'cpp':
      return handler.name;
    case 'module':
    case 'python':
      return handler.entryPoint ?? '';
    default:
      return '';
  }
}

function describe(handler: Handler): string {
  switch (handler.kind) {
    case 'builtin':
      return `${handler.name} (built-in)`;
    case 'cpp':
      return handler.name;
    case 'module':
    case 'python':
      return handler.entryPoint === undefined ? handler.member : `${handler.member}:${handler.entryPoint}`;
    case 'missing':
      return handler.text;
    case 'none':
      return 'none';
  }
}
