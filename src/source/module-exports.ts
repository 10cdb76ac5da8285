import type { SyntaxNode } from '@lezer/common';
import type { LineIndex } from './source-lines.ts';

export interface ModuleExport {
  /** `default` for the default export. */
  readonly name: string;
  readonly line: number;
  readonly value: ExportValue;
}

export type ExportValue =
  /** An object literal, or one given to `defineHandler`; `open` when it spreads or computes keys. */
  | { readonly kind: 'object'; readonly keys: readonly string[]; readonly open: boolean }
  | { readonly kind: 'function' }
  | { readonly kind: 'class' }
  /** A literal: certainly no handler. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'unknown' };

/** Values bound at the top level, which a later `export { name }` refers to. */
export function readBindings(program: SyntaxNode, text: string): Map<string, ExportValue> {
  const bindings = new Map<string, ExportValue>();
  for (let node = program.firstChild; node; node = node.nextSibling) {
    for (const { name, value } of readDeclaration(node, text)) bindings.set(name, value);
  }
  return bindings;
}

interface Binding {
  readonly name: string;
  readonly value: ExportValue;
}

function readDeclaration(node: SyntaxNode, text: string): Binding[] {
  const { name } = node.type;
  if (name === 'VariableDeclaration') return readVariables(node, text);
  const defined = node.getChild('VariableDefinition');
  if (!defined) return [];
  const identifier = text.slice(defined.from, defined.to);
  if (name === 'FunctionDeclaration') return [{ name: identifier, value: { kind: 'function' } }];
  if (name === 'ClassDeclaration') return [{ name: identifier, value: { kind: 'class' } }];
  return [];
}

function readVariables(node: SyntaxNode, text: string): Binding[] {
  const bindings: Binding[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.type.name === 'VariableDefinition') {
      let next = child.nextSibling;
      if (next?.type.name === 'TypeAnnotation') next = next.nextSibling;
      const initial = next?.type.name === 'Equals' ? next.nextSibling : null;
      const value: ExportValue = initial ? readValue(initial, text) : { kind: 'unknown' };
      bindings.push({ name: text.slice(child.from, child.to), value });
    } else if (/^(Object|Array)Pattern$/.test(child.type.name)) {
      child.cursor().iterate((inner) => {
        if (inner.name !== 'VariableDefinition') return;
        bindings.push({ name: text.slice(inner.from, inner.to), value: { kind: 'unknown' } });
      });
    }
  }
  return bindings;
}

export function readExport(
  node: SyntaxNode,
  text: string,
  lines: LineIndex,
  bindings: ReadonlyMap<string, ExportValue>,
): ModuleExport[] {
  const { line } = lines.at(node.from);
  // `export type { T }`, `export interface`, `export declare`: gone at run time.
  if (node.getChild('type') || node.getChild('AmbientDeclaration')) return [];
  const group = node.getChild('ExportGroup');
  if (group)
    return readGroup(text.slice(group.from, group.to), node.getChild('String') === null ? bindings : new Map(), line);
  if (node.getChild('Star')) {
    const alias = node.getChild('VariableName');
    return alias ? [{ name: text.slice(alias.from, alias.to), line, value: { kind: 'unknown' } }] : [];
  }
  const isDefault = node.getChild('default');
  if (isDefault) {
    const exported = isDefault.nextSibling;
    return [{ name: 'default', line, value: exported ? resolveValue(exported, text, bindings) : { kind: 'unknown' } }];
  }
  const declaration = node.firstChild?.nextSibling;
  if (!declaration) return [];
  return readDeclaration(declaration, text).map((binding) => ({ ...binding, line }));
}

/** `{ a, b as c, type T, d as default }`. */
function readGroup(group: string, bindings: ReadonlyMap<string, ExportValue>, line: number): ModuleExport[] {
  const exports: ModuleExport[] = [];
  for (const part of group.replace(/^\{|\}$/g, '').split(',')) {
    const [local = '', name = local] = part.trim().split(/\s+as\s+/);
    if (local === '' || /^type\s/.test(local)) continue;
    exports.push({ name: name.replace(/^["']|["']$/g, ''), line, value: bindings.get(local) ?? { kind: 'unknown' } });
  }
  return exports;
}

function resolveValue(node: SyntaxNode, text: string, bindings: ReadonlyMap<string, ExportValue>): ExportValue {
  if (node.type.name === 'VariableName') return bindings.get(text.slice(node.from, node.to)) ?? { kind: 'unknown' };
  return readValue(node, text);
}

function readValue(node: SyntaxNode, text: string): ExportValue {
  switch (node.type.name) {
    case 'ObjectExpression':
      return readObject(node, text);
    case 'ArrowFunction':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return { kind: 'function' };
    case 'ClassExpression':
    case 'ClassDeclaration':
    case 'class':
      return { kind: 'class' };
    case 'String':
    case 'Number':
    case 'BooleanLiteral':
    case 'null':
    case 'ArrayExpression':
      return { kind: 'literal', text: text.slice(node.from, Math.min(node.to, node.from + 40)) };
    case 'ParenthesizedExpression':
    case 'BinaryExpression':
      return readWrapped(node, text);
    case 'CallExpression':
      return readCall(node, text);
    default:
      return { kind: 'unknown' };
  }
}

/** `(value)`, `value as Handler`, `value satisfies Handler`. */
function readWrapped(node: SyntaxNode, text: string): ExportValue {
  const isTyped = node.getChild('as') ?? node.getChild('satisfies');
  const inner =
    node.type.name === 'ParenthesizedExpression' ? node.firstChild?.nextSibling : isTyped && node.firstChild;
  return inner ? readValue(inner, text) : { kind: 'unknown' };
}

/** `defineHandler({ … })`, also as the bundler renames it on a clash (`defineHandler2`). */
function readCall(node: SyntaxNode, text: string): ExportValue {
  const callee = node.firstChild;
  const argument = node.getChild('ArgList')?.getChild('ObjectExpression');
  if (!callee || !argument || !/^defineHandler\d*(?:<|$)/.test(text.slice(callee.from, callee.to)))
    return { kind: 'unknown' };
  return readObject(argument, text);
}

function readObject(node: SyntaxNode, text: string): ExportValue {
  const keys: string[] = [];
  let open = false;
  for (const property of node.getChildren('Property')) {
    const key: SyntaxNode | null = property.getChild('PropertyDefinition') ?? property.getChild('String');
    if (key && !property.getChild('Spread') && !property.getChild('['))
      keys.push(text.slice(key.from, key.to).replace(/^["']|["']$/g, ''));
    else open = true;
  }
  return { kind: 'object', keys, open };
}
