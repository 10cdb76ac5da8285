import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { type Field, type Fields, message, walkMessage } from '../protobuf/walk.ts';

/** The operator that computes an output of a model. */
export interface OutputSource {
  /** Operator, without its domain. */
  readonly operator: string;
  /** Its first input. */
  readonly input: string;
}

/** Operators that change the layout or storage of values, not the values. */
const CARRIERS: ReadonlySet<string> = new Set([
  'Cast',
  'DequantizeLinear',
  'Flatten',
  'Identity',
  'QuantizeLinear',
  'Reshape',
  'Resize',
  'Slice',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'Upsample',
]);
/** Maximum nodes that are kept; a larger model gets no answer, rather than a possibly wrong one. */
const MAX_NODES = 200_000;

/** Maximum of them in a row; exporters write two or three. */
const MAX_CARRIERS = 32;

interface GraphDraft {
  readonly outputs: string[];
  readonly makers: Map<string, OutputSource>;
  nodes: number;
}

interface NodeDraft {
  readonly graph: GraphDraft;
  input: string | undefined;
  /** The first input has the values; the others are masks, means and indices. */
  output: string | undefined;
  operator: string;
}

/**
 * Output → the operator that computes its values, followed through those that only pass values on. Empty for a file
 * that is not an ONNX model.
 */
export async function readOutputSources(source: ByteSource): Promise<ReadonlyMap<string, OutputSource>> {
  const graph: GraphDraft = { outputs: [], makers: new Map(), nodes: 0 };
  try {
    await walkMessage(source, modelFields, graph);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return new Map();
  }
  if (graph.nodes > MAX_NODES) return new Map();
  return new Map(
    graph.outputs.flatMap((output) => {
      const found = follow(graph.makers, output);
      return found === undefined ? [] : [[output, found]];
    }),
  );
}

function follow(makers: ReadonlyMap<string, OutputSource>, output: string): OutputSource | undefined {
  let maker = makers.get(output);
  for (let step = 0; maker !== undefined && CARRIERS.has(maker.operator); step++) {
    // A graph has no cycles; a file may claim one.
    if (step === MAX_CARRIERS) return undefined;
    maker = makers.get(maker.input);
  }
  return maker;
}

const name = <T>(put: (target: T, value: string) => void): Field<T> => ({ kind: 'text', put });

const nodeFields: Fields<NodeDraft> = {
  1: name((node, value) => {
    node.input ??= value;
  }),
  2: name((node, value) => {
    node.output ??= value;
  }),
  4: name((node, value) => {
    node.operator = value;
  }),
};

const graphFields: Fields<GraphDraft> = {
  1: message(
    () => nodeFields,
    (graph): NodeDraft => ({ graph, input: undefined, output: undefined, operator: '' }),
    endNode,
  ),
  12: message(
    () => ({ 1: name<GraphDraft>((graph, value) => void graph.outputs.push(value)) }),
    (graph) => graph,
  ),
};

const modelFields: Fields<GraphDraft> = {
  7: message(
    () => graphFields,
    (graph) => graph,
  ),
};

function endNode({ graph, input, output, operator }: NodeDraft): void {
  if (output === undefined || ++graph.nodes > MAX_NODES) return;
  graph.makers.set(output, { operator, input: input ?? '' });
}
