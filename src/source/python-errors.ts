import type { SyntaxNode, Tree } from '@lezer/common';
import type { LineIndex, SyntaxProblem } from './source-lines.ts';

interface Found {
  readonly at: number;
  readonly message: string;
}

/** Error nodes of the parser, Python 2 statements it still knows, and what it forgives; in order of place. */
export function findPythonErrors(tree: Tree, text: string, lines: LineIndex): SyntaxProblem[] {
  const found: Found[] = [];
  tree.iterate({
    enter: ({ type, node }) => {
      if (type.isError) found.push(explainError(node, text));
      else if (type.name === 'PrintStatement') found.push(...explainPrint(node, text));
      else if (type.name === 'TryStatement') found.push(...explainTry(node));
      else if (type.name === 'Body' || type.name === 'Script') found.push(...explainIndentation(node, text));
    },
  });
  found.sort((a, b) => a.at - b.at);
  return found.slice(0, ERRORS_KEPT).map(({ at, message }) => ({ ...lines.at(at), message }));
}

/** The first says it; the parser's recovery makes most of the others. */
const ERRORS_KEPT = 10;

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

function explainError(node: SyntaxNode, text: string): Found {
  const outer = node.parent;
  if (outer && /String$/.test(outer.type.name)) return { at: outer.from, message: 'the string is never closed' };
  const bracket = outer?.firstChild?.type.name ?? '';
  const closer = closers[bracket];
  if (outer && closer !== undefined && !outer.getChild(closer)) {
    return { at: outer.from, message: `${JSON.stringify(bracket)} is never closed` };
  }
  const rest = /^[ \t]*([^\n]{0,24})/.exec(text.slice(node.from, node.from + 80))?.[1]?.trimEnd() ?? '';
  const message = rest === '' ? 'the statement is not complete' : `cannot be read at ${JSON.stringify(rest)}`;
  return { at: node.from, message };
}

function explainPrint({ from }: SyntaxNode, text: string): Found[] {
  // `print >> file, x` is an expression to Python 3.
  if (/^print\s*>>/.test(text.slice(from, from + 20))) return [];
  return [{ at: from, message: 'a print statement of Python 2' }];
}

function explainTry(node: SyntaxNode): Found[] {
  if (node.getChild('except') || node.getChild('finally')) return [];
  return [{ at: node.from, message: 'try has neither except nor finally' }];
}

/** Statements of one block must start in one column. */
function explainIndentation(block: SyntaxNode, text: string): Found[] {
  let expected = block.type.name === 'Script' ? '' : undefined;
  for (let node = block.firstChild; node; node = node.nextSibling) {
    if (!/Statement$|Definition$|^StatementGroup$/.test(node.type.name)) continue;
    const before = text.slice(text.lastIndexOf('\n', node.from - 1) + 1, node.from);
    if (before.trim() !== '') continue;
    expected ??= before;
    if (before !== expected) return [{ at: node.from, message: 'the indentation matches no block around it' }];
  }
  return [];
}
