import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { findPythonErrors } from './python-errors.ts';
import { adaptPython, hasDoubtfulSyntax } from './python-source.ts';
import { createLineIndex, findExcessiveNesting, type LineIndex, type SyntaxProblem } from './source-lines.ts';

/** What can be known of a Python handler without running it. */
export interface PythonFacts {
  /** Classes that exist once the module is imported, whatever branch defines them. */
  readonly classes: readonly PythonClass[];
  /** Every name bound at module level: functions, classes, assignments, imports. */
  readonly names: ReadonlySet<string>;
  readonly functions: readonly PythonFunction[];
  readonly imports: readonly PythonImport[];
  /** `from x import *` binds names that cannot be known. */
  readonly hasStarImport: boolean;
  readonly errors: readonly SyntaxProblem[];
  /** False where the parser is known to misread newer syntax: its errors are then doubts. */
  readonly certain: boolean;
}

export interface PythonFunction {
  readonly name: string;
  readonly line: number;
}

export interface PythonClass {
  readonly name: string;
  readonly line: number;
  /** As written: `ABC`, `ts.torch_handler.base_handler.BaseHandler`. */
  readonly bases: readonly string[];
  /** Names bound in the class body. */
  readonly members: ReadonlySet<string>;
}

export interface PythonImport {
  /** Dotted, without the leading dots. */
  readonly module: string;
  /** Number of leading dots: 0 is absolute. */
  readonly level: number;
  readonly names: readonly string[];
  readonly line: number;
  /** Runs when the module is imported, and its failure is not caught. */
  readonly required: boolean;
}

/** Reads Python 3.12 (and says so where the source is Python 2); never runs anything. */
export function parsePython(text: string): PythonFacts {
  const lines = createLineIndex(text);
  const nesting = findExcessiveNesting(text, lines);
  if (nesting) return { ...unreadable, errors: [nesting] };
  const adapted = adaptPython(text);
  const tree = parser.parse(adapted);
  const walk: Walk = { text, lines, classes: [], functions: [], imports: [], names: new Set(), hasStarImport: false };
  readBlock(tree.topNode, walk, { required: true, module: true });
  const { classes, functions, imports, names, hasStarImport } = walk;
  const errors = findPythonErrors(tree, adapted, lines);
  return { classes, functions, imports, names, hasStarImport, errors, certain: !hasDoubtfulSyntax(text) };
}

const unreadable = {
  classes: [],
  functions: [],
  imports: [],
  names: new Set<string>(),
  hasStarImport: false,
  certain: true,
};

interface Walk {
  readonly text: string;
  readonly lines: LineIndex;
  readonly classes: PythonClass[];
  readonly functions: PythonFunction[];
  readonly imports: PythonImport[];
  readonly names: Set<string>;
  hasStarImport: boolean;
}

interface Scope {
  readonly required: boolean;
  /** False inside functions and classes, where only imports are of interest. */
  readonly module: boolean;
}

/** Statements that hold blocks which run with the module; everything in them is at module level. */
const compound = new Set([
  'IfStatement',
  'TryStatement',
  'WithStatement',
  'ForStatement',
  'WhileStatement',
  'MatchStatement',
  'MatchBody',
  'MatchClause',
  'Body',
  'DecoratedStatement',
  'StatementGroup',
]);

function readBlock(block: SyntaxNode, walk: Walk, scope: Scope): void {
  // Depth is bounded by what the parser nests, which indentation bounds; a chain of 1,000 blocks needs 500 kB of spaces.
  for (let node = block.firstChild; node; node = node.nextSibling) readStatement(node, walk, scope);
}

function readStatement(node: SyntaxNode, walk: Walk, scope: Scope): void {
  const { name } = node.type;
  if (name === 'ImportStatement') readImport(node, walk, scope);
  else if (name === 'FunctionDefinition') readFunction(node, walk, scope);
  else if (name === 'ClassDefinition') readClass(node, walk, scope);
  else if (name === 'AssignStatement' && scope.module) bindTargets(node, walk);
  else if (name === 'IfStatement' && isNotImported(node, walk.text))
    readBlock(node, walk, { required: false, module: false });
  else if (compound.has(name)) readBlock(node, walk, name === 'TryStatement' ? { ...scope, required: false } : scope);
}

/** `if __name__ == '__main__'` and `if TYPE_CHECKING`: blocks that do not run when a server imports the module. */
function isNotImported(node: SyntaxNode, text: string): boolean {
  const condition = node.getChild('Body');
  return /^if\s*\(?\s*(?:__name__\s*==|(?:typing\.)?TYPE_CHECKING\b)/.test(
    text.slice(node.from, condition?.from ?? node.to),
  );
}

function readFunction(node: SyntaxNode, walk: Walk, scope: Scope): void {
  const identifier = node.getChild('VariableName');
  if (identifier && scope.module) {
    const name = slice(identifier, walk);
    walk.names.add(name);
    walk.functions.push({ name, line: walk.lines.at(node.from).line });
  }
  const body = node.getChild('Body');
  if (body) readBlock(body, walk, { required: false, module: false });
}

function readClass(node: SyntaxNode, walk: Walk, scope: Scope): void {
  const identifier = node.getChild('VariableName');
  const body = node.getChild('Body');
  if (identifier && scope.module) {
    const name = slice(identifier, walk);
    const inner: Walk = { ...walk, classes: [], functions: [], names: new Set() };
    if (body) readBlock(body, inner, scope);
    walk.names.add(name);
    const line = walk.lines.at(node.from).line;
    walk.classes.push({ name, line, bases: readBases(node, walk), members: inner.names });
  } else if (body) readBlock(body, walk, { ...scope, module: false });
}

function readBases(node: SyntaxNode, walk: Walk): string[] {
  const list = node.getChild('ArgList');
  if (!list) return [];
  const bases: string[] = [];
  for (let child = list.firstChild; child; child = child.nextSibling) {
    // `metaclass=M` is a name, an operator and a value in a row.
    if (child.nextSibling?.type.name === 'AssignOp' || child.prevSibling?.type.name === 'AssignOp') continue;
    if (/Name$|Expression$/.test(child.type.name)) bases.push(slice(child, walk));
  }
  return bases;
}

/** Names left of any `=` of an assignment, patterns included. */
function bindTargets(node: SyntaxNode, walk: Walk): void {
  const targets: SyntaxNode[] = [];
  let pending: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.type.name === 'AssignOp') {
      targets.push(...pending);
      pending = [];
    } else pending.push(child);
  }
  for (const target of targets) {
    if (target.type.name === 'VariableName') walk.names.add(slice(target, walk));
    else if (/^(Tuple|Array|Parenthesized)Expression$/.test(target.type.name)) {
      target.cursor().iterate((inner) => {
        if (inner.name === 'VariableName') walk.names.add(walk.text.slice(inner.from, inner.to));
      });
    }
  }
}

function readImport(node: SyntaxNode, walk: Walk, { required, module }: Scope): void {
  const statement = slice(node, walk)
    .replace(/#[^\n]*/g, '')
    .replace(/\\\r?\n/g, ' ');
  const { line } = walk.lines.at(node.from);
  const bind = (name: string) => module && walk.names.add(name);
  const from = /^from\s*(\.*(?:\s*\.)*)\s*([\p{L}\w.]*)\s*import\s*\(?([^)]*)\)?/u.exec(statement);
  if (from) {
    const names = (from[3] ?? '')
      .split(',')
      .map((part) => part.trim().split(/\s+as\s+/))
      .filter(([name]) => name);
    if (names.some(([name]) => name === '*') && module) walk.hasStarImport = true;
    for (const [name = '', alias] of names) bind(alias ?? name);
    const level = (from[1] ?? '').replace(/\s/g, '').length;
    walk.imports.push({ module: from[2] ?? '', level, names: names.map(([name = '']) => name), line, required });
    return;
  }
  for (const part of statement.replace(/^import\b/, '').split(',')) {
    const [name = '', alias] = part.trim().split(/\s+as\s+/);
    if (name === '') continue;
    bind(alias ?? name.split('.')[0] ?? name);
    walk.imports.push({ module: name, level: 0, names: [], line, required });
  }
}

function slice(node: SyntaxNode, { text }: Walk): string {
  return text.slice(node.from, node.to);
}
