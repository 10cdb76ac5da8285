import { integer, many, one, text } from '../protobuf/fields.ts';
import { type Field, type Fields, message } from '../protobuf/walk.ts';
import type { AttributeDraft, Body, FunctionDraft, GraphDraft, ModelDraft, NodeDraft, OpsetDraft } from './draft.ts';
import { entries, type Sunk, varints, walked, walkedEntries } from './fields.ts';
import { attributeSparseTensor, attributeTensor, initializer, sparseInitializer } from './tensor-messages.ts';
import { endValue, newType, newValue, typeFields, valueFields } from './type-messages.ts';

/**
 * The messages of onnx.proto (IR version 14) as tables: field number → its handling. Messages that give no facts are
 * listed too, so that their bytes are checked. Kept facts are counted against the budget when their message ends.
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
    ({ sink, functions }): FunctionDraft => ({
      sink,
      functions,
      calls: new Map(),
      name: '',
      domain: '',
      overload: '',
    }),
    endFunction,
  ),
  26: walked(() => ({})),
};

const opsetFields: Fields<OpsetDraft> = { 1: text('domain'), 2: integer('version') };

const trainingFields: Fields<Sunk> = {
  1: message(() => graphFields, newTrainingGraph),
  2: message(() => graphFields, newTrainingGraph),
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
    ({ sink, calls }): AttributeDraft => ({ sink, calls, node: undefined }),
  ),
  12: message(() => valueFields, newValue, endValue),
  13: text('overload'),
  14: walkedEntries,
};

function endFunction({ sink, functions, calls, name, domain, overload }: FunctionDraft): void {
  sink.budget.spend(name.length + domain.length + overload.length, 0);
  functions.set(callName(domain, name, overload), calls);
}

/** Also a graph inside a node, whose inputs and outputs are not used; its tensors are. */
function newGraph({ sink, calls }: Body): GraphDraft {
  return { sink, calls, inputs: [], outputs: [], initializers: new Set() };
}

/** Never run by a server, so its calls are ignored. */
function newTrainingGraph({ sink }: Sunk): GraphDraft {
  return newGraph({ sink, calls: new Map() });
}

const graphFields: Fields<GraphDraft> = {
  1: node(),
  5: initializer(),
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
  15: sparseInitializer(),
  16: walkedEntries,
};

function node<T extends Body>(): Field<T> {
  return message(
    () => nodeFields,
    ({ sink, calls }): NodeDraft => ({ sink, calls, type: '', domain: '', overload: '', elements: 0n }),
    (node) => node.sink.node(node),
  );
}

const nodeFields: Fields<NodeDraft> = {
  4: text('type'),
  5: message(
    () => attributeFields,
    (node): AttributeDraft => ({ sink: node.sink, calls: node.calls, node }),
  ),
  7: text('domain'),
  8: text('overload'),
  9: walkedEntries,
  10: walked(() => ({ 2: walked(() => shardingFields) })),
};

const shardingFields: Fields<Sunk> = {
  2: varints,
  3: walked(() => ({ 2: varints })),
  4: walked(() => ({ 2: walked(() => ({})) })),
};

/** Numbers that stand in an attribute itself are weights of a Constant: `value_float` and `value_floats`. */
const attributeFloats: Field<AttributeDraft> = {
  kind: 'numbers',
  width: 4,
  put({ node }, seen) {
    if (node) node.elements += BigInt(seen);
  },
};

const attributeFields: Fields<AttributeDraft> = {
  2: attributeFloats,
  5: attributeTensor(),
  6: message(() => graphFields, newGraph),
  7: attributeFloats,
  8: varints,
  10: attributeTensor(),
  11: message(() => graphFields, newGraph),
  14: message(() => typeFields, newType),
  15: message(() => typeFields, newType),
  22: attributeSparseTensor(),
  23: attributeSparseTensor(),
};

/** Name of an operator in facts: without the default domain. */
export function operatorName(domain: string, type: string): string {
  return domain === '' || domain === 'ai.onnx' ? type : `${domain}::${type}`;
}

/** Name of a function in calls: overloads of one name are separate. */
export function callName(domain: string, type: string, overload: string): string {
  const name = operatorName(domain, type);
  return overload === '' ? name : `${name}:${overload}`;
}
