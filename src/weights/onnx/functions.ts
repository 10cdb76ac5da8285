/** Maximum nodes of a model after inlining its functions; the largest models known have 100,000. */
const MAX_EXPANDED_NODES = 1_000_000n;

/** Operator or function → number of its calls in a graph or a function body. */
export type Calls = Map<string, number>;

/**
 * What is wrong with the functions of a model: onnxruntime inlines each call, so one that calls itself never ends, and
 * twenty that each call the next twice make a million nodes. Undefined if nothing is wrong.
 */
export function findFunctionFault(functions: ReadonlyMap<string, Calls>, graph: Calls): string | undefined {
  const sizes = new Map<string, bigint>();
  const open: { readonly name: string; readonly rest: [string, number][]; size: bigint }[] = [];
  const begin = (name: string, calls: Calls) => open.push({ name, rest: [...calls], size: 0n });
  begin('the graph', graph);
  // Iterative instead of recursive: a chain of calls may be as long as the file is large.
  for (let body = open.at(-1); body !== undefined; body = open.at(-1)) {
    const next = body.rest.pop();
    if (next === undefined) {
      open.pop();
      sizes.set(body.name, body.size);
      if (body.size > MAX_EXPANDED_NODES)
        return `${body.name} becomes ${body.size} nodes when its functions are inlined, more than ${MAX_EXPANDED_NODES}`;
      continue;
    }
    const [name, count] = next;
    const calls = functions.get(name);
    const size = calls === undefined ? 1n : sizes.get(name);
    if (size !== undefined) {
      body.size += BigInt(count) * size;
      continue;
    }
    if (open.some((other) => other.name === name)) return `the function ${name} calls itself`;
    body.rest.push(next);
    begin(name, calls ?? new Map());
  }
  return undefined;
}
