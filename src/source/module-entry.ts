import type { ExportValue, ModuleFacts } from './parse-module.ts';

/** At least one of these makes an object a handler (the worker's own test, on the source). */
const workingSteps = ['preprocess', 'inference', 'postprocess', 'handle'];
const steps = [...workingSteps, 'initialize', 'describe', 'explain'];

export interface EntryProblem {
  /** Continues the sentence "exports no handler: ". */
  readonly reason: string;
  readonly line?: number;
  readonly hint: string;
}

/** Why a module certainly has no handler at the manifest's entry point, or undefined if it may have one. */
export function findEntryProblem(facts: ModuleFacts, entryPoint: string | undefined): EntryProblem | undefined {
  if (facts.hasStarExport || facts.isCommonJs) return undefined;
  return entryPoint === undefined ? judgeDefaults(facts) : judgeNamed(facts, entryPoint);
}

function judgeNamed({ exports }: ModuleFacts, entryPoint: string): EntryProblem | undefined {
  const found = exports.find(({ name }) => name === entryPoint);
  if (!found)
    return {
      reason: `it has no export ${JSON.stringify(entryPoint)} (it exports ${listNames(exports)})`,
      hint: 'Check the spelling after the colon.',
    };
  const reason = explain(found.value, `the export ${entryPoint}`);
  return reason === undefined ? undefined : { reason, line: found.line, hint: HINT };
}

function judgeDefaults({ exports }: ModuleFacts): EntryProblem | undefined {
  const candidates = exports.filter(({ name }) => name === 'default' || name === 'handler');
  if (candidates.some(({ value }) => explain(value, '') === undefined)) return undefined;
  if (exports.some(({ name }) => workingSteps.includes(name))) return undefined;
  const [first] = candidates;
  if (!first) return { reason: `it exports ${listNames(exports)}`, hint: HINT };
  return {
    reason: explain(first.value, `the ${first.name === 'default' ? 'default export' : 'export handler'}`) ?? '',
    line: first.line,
    hint: HINT,
  };
}

const HINT = 'Export it as: export default defineHandler({ preprocess, postprocess })';

/** Why a value is certainly not a handler. */
function explain(value: ExportValue, what: string): string | undefined {
  switch (value.kind) {
    case 'function':
    case 'unknown':
      return undefined;
    case 'class':
      return `${what} is a class, but a handler is an object or a function`;
    case 'literal':
      return `${what} is ${value.text}`;
    case 'object': {
      if (value.open || value.keys.some((key) => workingSteps.includes(key))) return undefined;
      const keys = value.keys.length === 0 ? 'nothing' : value.keys.join(', ');
      const wrongCase = value.keys.find((key) => steps.includes(key.toLowerCase()));
      return `${what} has ${keys}${wrongCase ? ` (${wrongCase} is spelled ${wrongCase.toLowerCase()})` : ''} and none of ${workingSteps.join(', ')}`;
    }
  }
}

function listNames(exports: ModuleFacts['exports']): string {
  return exports.length === 0 ? 'nothing' : exports.map(({ name }) => name).join(', ');
}
