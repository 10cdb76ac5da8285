import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/javascript';
import { type ModuleExport, readBindings, readExport } from './module-exports.ts';
import { createLineIndex, findExcessiveNesting, type LineIndex, type SyntaxProblem } from './source-lines.ts';

/** What is known about a JavaScript or TypeScript handler without running it. */
export interface ModuleFacts {
  readonly exports: readonly ModuleExport[];
  /** `export * from …`: there may be more exports than are listed. */
  readonly hasStarExport: boolean;
  /** Assigns `module.exports` or `exports.x`: its exports are not listed. */
  readonly isCommonJs: boolean;
  readonly imports: readonly ModuleImport[];
  /** Doubtful errors: the parser is an editor's and lacks some newer syntax. `findModuleErrors` decides. */
  readonly errors: readonly SyntaxProblem[];
}

export interface ModuleImport {
  /** Undefined if it is computed at run time. */
  readonly specifier: string | undefined;
  readonly line: number;
  readonly kind: 'static' | 'dynamic' | 'require';
  /** Inside `try`: its failure is caught. */
  readonly optional: boolean;
}

export type { ExportValue, ModuleExport } from './module-exports.ts';

const typescript = parser.configure({ dialect: 'ts' });

export function parseModule(text: string): ModuleFacts {
  const lines = createLineIndex(text);
  const nesting = findExcessiveNesting(text, lines);
  if (nesting) return { exports: [], hasStarExport: false, isCommonJs: false, imports: [], errors: [nesting] };
  const tree = typescript.parse(text);
  const bindings = readBindings(tree.topNode, text);
  const exports: ModuleExport[] = [];
  let hasStarExport = false;
  for (const node of tree.topNode.getChildren('ExportDeclaration')) {
    if (node.getChild('Star') && !node.getChild('as')) hasStarExport = true;
    else exports.push(...readExport(node, text, lines, bindings));
  }
  const { imports, errors } = readEverywhere(tree, text, lines);
  return {
    exports,
    hasStarExport,
    imports,
    errors,
    isCommonJs: /(?:^|[^\w.$])(?:module\.exports\s*=|exports\.[\w$]+\s*=)/m.test(text),
  };
}

/** Imports at any place, and error nodes. */
function readEverywhere(
  tree: Tree,
  text: string,
  lines: LineIndex,
): { imports: ModuleImport[]; errors: SyntaxProblem[] } {
  const imports: ModuleImport[] = [];
  const errors: SyntaxProblem[] = [];
  let tryDepth = 0;
  tree.iterate({
    enter: ({ type, from, node }) => {
      if (type.name === 'TryStatement') tryDepth++;
      if (type.isError && errors.length < ERRORS_KEPT)
        errors.push({ ...lines.at(from), message: describePlace(text, from) });
      const found = readImport(node, text);
      if (found)
        imports.push({ ...found, line: lines.at(from).line, optional: tryDepth > 0 && found.kind !== 'static' });
    },
    leave: ({ type }) => {
      if (type.name === 'TryStatement') tryDepth--;
    },
  });
  return { imports, errors };
}

/** The first error is enough; the parser's recovery causes most of the others. */
const ERRORS_KEPT = 10;

function readImport(node: SyntaxNode, text: string): Pick<ModuleImport, 'specifier' | 'kind'> | undefined {
  switch (node.type.name) {
    case 'ImportDeclaration':
    case 'ExportDeclaration': {
      const specifier = node.getChild('String');
      return specifier && !node.getChild('type') ? { specifier: unquote(specifier, text), kind: 'static' } : undefined;
    }
    case 'DynamicImport':
      return { specifier: unquote(node.getChild('String'), text), kind: 'dynamic' };
    case 'CallExpression': {
      const callee = node.firstChild;
      const name = callee ? text.slice(callee.from, callee.to) : '';
      // The bundler renames the remaining `require` calls of a package.
      if (name !== 'require' && name !== '__require') return undefined;
      return { specifier: unquote(node.getChild('ArgList')?.getChild('String'), text), kind: 'require' };
    }
    default:
      return undefined;
  }
}

function unquote(node: SyntaxNode | null | undefined, text: string): string | undefined {
  return node ? text.slice(node.from + 1, node.to - 1) : undefined;
}

function describePlace(text: string, at: number): string {
  const rest = text.slice(at, at + 40).split('\n')[0] ?? '';
  return rest.trim() === '' ? 'the statement is not complete' : `cannot be read at ${JSON.stringify(rest.trim())}`;
}
