import { ToolError } from '../../core/errors.ts';
import type { LeafAnswer } from './run-graph.ts';

/**
 * The answers of several leaves as one JSON object, indented as TorchServe's front end does (contract 3.1). TorchServe
 * accepts only objects; here any JSON value. Numbers keep their digits: 1.0 stays 1.0.
 */
export function joinLeaves(leaves: readonly LeafAnswer[]): Buffer {
  const members = leaves.map(({ node, body }) => `  ${JSON.stringify(node)}: ${indent(readJson(node, body), '  ')}`);
  return Buffer.from(`{\n${members.join(',\n')}\n}\n`);
}

function readJson(node: string, body: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new ToolError('WORKFLOW_ANSWER_INVALID', { node }, { cause });
  }
}

/** JSON tokens: strings, punctuation, then numbers and words; white space is skipped. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Indents valid JSON; `margin` precedes every line but the first. */
function indent(json: string, margin: string): string {
  let text = '';
  let depth = 0;
  const newLine = () => `\n${margin}${'  '.repeat(depth)}`;
  const tokens = json.match(TOKEN) ?? [];
  for (const [index, token] of tokens.entries()) {
    const isEmpty = tokens[index - 1] === '{' || tokens[index - 1] === '[';
    if (token === '}' || token === ']') {
      depth--;
      text += isEmpty ? token : `${newLine()}${token}`;
    } else if (token === ',') text += token;
    else if (token === ':') text += ': ';
    else {
      const startsLine = isEmpty || tokens[index - 1] === ',';
      text += `${startsLine ? newLine() : ''}${token}`;
      if (token === '{' || token === '[') depth++;
    }
  }
  return text;
}
