/** Nodes a model may have once its functions are put in place of their calls; the largest models known have 100,000. */
const MAX_EXPANDED_NODES = 1_000_000n;

/** Operator or function → how often a graph or a function body has it. */
export type Calls = Map<string, number>;

/**
 * What is wrong with the functions a model defines itself: onnxruntime puts each in the place of its calls, so one that
 * calls itself never ends, and twenty that each call the next twice make a million nodes. Undefined when nothing is.
 */
export function findFunctionFault(functions: ReadonlyMap<string, Calls>, graph: Calls): string | undefined {
  const sizes = new Map<string, bigint>();
  const open: { readonly name: string; readonly rest: [string, number][]; size: bigint }[] = [];
  const begin = (name: string, calls: Calls) => open.push({ name, rest: [...calls], size: 0n });
  begin('the graph', graph);
  // A list of its own instead of recursion: a chain of calls may be as long as the file is large.
  for (let body = open.at(-1); body !== undefined; body = open.at(-1)) {
    const next = body.rest.pop();
    if (next === undefined) {
      open.pop();
      sizes.set(body.name, body.size);
      if (body.size > MAX_EXPANDED_NODES)
        return `${body.name} becomes ${body.size} nodes when its functions are put in place, more than ${MAX_EXPANDED_NODES}`;
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
