/** A syntax error in source text, 1-based as in editors. */
export interface SyntaxProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface LineIndex {
  /** Line and column of a UTF-16 offset, both from 1. */
  at(offset: number): { line: number; column: number };
}

export function createLineIndex(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    at(offset) {
      let low = 0;
      let high = starts.length;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((starts[middle] ?? Infinity) <= offset) low = middle;
        else high = middle;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
  };
}

/**
 * Maximum open brackets. People stay below 100 and bundlers below 1,000; the JavaScript parser's time and memory grow
 * faster than the nesting, which hostile input would use. Python's tokenizer has its own limit.
 */
const BRACKET_DEPTH = 5_000;

/** The error of a text with too deep nesting, found without parsing it; brackets in strings count too. */
export function findExcessiveNesting(text: string, lines: LineIndex): SyntaxProblem | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x28 || code === 0x5b || code === 0x7b) depth++;
    else if ((code === 0x29 || code === 0x5d || code === 0x7d) && depth > 0) depth--;
    if (depth > BRACKET_DEPTH)
      return { ...lines.at(at), message: `more than ${BRACKET_DEPTH} brackets are open at once` };
  }
  return undefined;
}
