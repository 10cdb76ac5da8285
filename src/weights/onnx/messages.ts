import type { FunctionDraft, GraphDraft, ModelDraft, NodeDraft, OpsetDraft } from './draft.ts';
import { entries, floats, integer, many, one, type Sunk, text, varints, walked, walkedEntries } from './fields.ts';
import { type Field, type Fields, message } from './protobuf.ts';
import { sparseTensor, tensor } from './tensor-messages.ts';
import { endValue, newType, newValue, typeFields, valueFields } from './type-messages.ts';

/**
 * The messages of onnx.proto (IR version 14) as tables: field number → what becomes of it. Messages that give no facts
 * are listed too, so that their bytes are proven well-formed. What is kept is paid for when its message ends.
 */
export const modelFields: Fields<ModelDraft> = {
  1: integer('irVersion'),
  2: text('producerName'),
  3: text('producerVersion'),
  7: one<ModelDraft, GraphDraft>('graph', () => graphFields, newGraph),
  8: many(
    (model) => model.opsets,
    () => opsetFields,
    ({ sink }): OpsetDraft => ({ sink, domain: '', version: 0n }),
    ({ sink, domain }) => sink.budget.spend(domain.length, 0),
  ),
  14: entries((model) => model.metadata),
  20: walked(() => trainingFields),
  25: message(
    () => functionFields,
    ({ sink, functions }): FunctionDraft => ({ sink, functions, name: '', domain: '' }),
    endFunction,
  ),
  26: walked(() => ({})),
};

const opsetFields: Fields<OpsetDraft> = { 1: text('domain'), 2: integer('version') };

const trainingFields: Fields<Sunk> = {
  1: message(() => graphFields, newGraph),
  2: message(() => graphFields, newGraph),
  3: walkedEntries,
  4: walkedEntries,
};

const functionFields: Fields<FunctionDraft> = {
  1: text('name'),
  7: node(),
  9: walked(() => ({})),
  10: text('domain'),
  11: message(
    () => attributeFields,
    (fn): Sunk => fn,
  ),
  12: message(() => valueFields, newValue, endValue),
  14: walkedEntries,
};

function endFunction({ sink, functions, name, domain }: FunctionDraft): void {
  sink.budget.spend(name.length + domain.length, 0);
  functions.add(operatorName(domain, name));
}

/** Also a graph inside a node, whose inputs and outputs are nobody's business; its tensors are. */
function newGraph({ sink }: Sunk): GraphDraft {
  return { sink, inputs: [], outputs: [], initializers: new Set() };
}

const graphFields: Fields<GraphDraft> = {
  1: node(),
  5: tensor('initializer', (graph) => graph.initializers),
  11: many(
    (graph: GraphDraft) => graph.inputs,
    () => valueFields,
    newValue,
    endValue,
  ),
  12: many(
    (graph: GraphDraft) => graph.outputs,
    () => valueFields,
    newValue,
    endValue,
  ),
  13: message(() => valueFields, newValue, endValue),
  14: walked(() => ({ 2: walkedEntries })),
  15: sparseTensor('initializer', (graph) => graph.initializers),
  16: walkedEntries,
};

function node<T extends Sunk>(): Field<T> {
  return message(
    () => nodeFields,
    ({ sink }): NodeDraft => ({ sink, type: '', domain: '' }),
    ({ sink, type, domain }) => sink.node(domain, type),
  );
}

const nodeFields: Fields<NodeDraft> = {
  4: text('type'),
  5: message(
    () => attributeFields,
    (parent): Sunk => parent,
  ),
  7: text('domain'),
  9: walkedEntries,
  10: walked(() => ({ 2: walked(() => shardingFields) })),
};

const shardingFields: Fields<Sunk> = {
  2: varints,
  3: walked(() => ({ 2: varints })),
  4: walked(() => ({ 2: walked(() => ({})) })),
};

const attributeFields: Fields<Sunk> = {
  5: tensor('attribute'),
  6: message(() => graphFields, newGraph),
  7: floats,
  8: varints,
  10: tensor('attribute'),
  11: message(() => graphFields, newGraph),
  14: message(() => typeFields, newType),
  15: message(() => typeFields, newType),
  22: sparseTensor('attribute'),
  23: sparseTensor('attribute'),
};

/** How facts name an operator: the default domain is left out. */
export function operatorName(domain: string, type: string): string {
  return domain === '' || domain === 'ai.onnx' ? type : `${domain}::${type}`;
}
