import type { ByteSource } from '../../core/byte-source.ts';
import { walkMessage } from '../protobuf/walk.ts';
import { Budget } from '../reading/budget.ts';
import type { SavedModelFacts, TensorflowGraphFacts } from '../reading/facts.ts';
import { readNamed } from '../reading/named.ts';
import type { Problems } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import {
  type GraphDraft,
  graphFields,
  type MetaGraphDraft,
  type SavedModelDraft,
  savedModelFields,
  toPort,
} from './messages.ts';

/** Operators that read, write or run what the graph says while the model answers. */
const REACHING = ['ReadFile', 'WriteFile', 'PyFunc', 'PyFuncStateless', 'EagerPyFunc', 'MatchingFiles'];

/** Facts of `saved_model.pb`, the graphs of a SavedModel; its weights are in `variables/` beside it. */
export function readSavedModel(source: ByteSource): Promise<WeightsReading> {
  return readNamed('saved-model', async (problems): Promise<SavedModelFacts> => {
    const draft: SavedModelDraft = { budget: new Budget(), schema: 0n, graphs: [] };
    await walkMessage(source, savedModelFields, draft);
    const operators = sumOperators(draft.graphs.map(({ graph }) => graph));
    reportReaching(operators, problems);
    return {
      format: 'saved-model',
      schema: toSafeNumber(draft.schema),
      graphs: draft.graphs.map(toGraph),
      operators,
      tensors: [],
    };
  });
}

/** Facts of a GraphDef by itself: a frozen graph. */
export function readTensorflowGraph(source: ByteSource): Promise<WeightsReading> {
  return readNamed('tensorflow-graph', async (problems): Promise<TensorflowGraphFacts> => {
    const draft: GraphDraft = { budget: new Budget(), operators: new Map() };
    await walkMessage(source, graphFields, draft);
    const operators = sumOperators([draft]);
    reportReaching(operators, problems);
    return { format: 'tensorflow-graph', operators, tensors: [] };
  });
}

function toGraph({ tags, version, signatures }: MetaGraphDraft): SavedModelFacts['graphs'][number] {
  return {
    tags,
    version,
    signatures: signatures.map(({ name, inputs, outputs }) => ({
      name,
      inputs: inputs.map(toPort),
      outputs: outputs.map(toPort),
    })),
  };
}

function sumOperators(graphs: readonly GraphDraft[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { operators } of graphs)
    for (const [name, count] of operators) counts.set(name, (counts.get(name) ?? 0) + count);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

function reportReaching(operators: Readonly<Record<string, number>>, problems: Problems): void {
  const found = REACHING.filter((name) => operators[name] !== undefined);
  if (found.length > 0)
    problems.add(
      'weights/tensorflow-operator',
      `The graph has ${found.join(', ')}, which reach files or Python while the model runs.`,
      {
        hint: 'Run the model only if you trust its origin.',
      },
    );
}
