import { FactSink, type PythonDefinitions } from './python/facts.ts';
import { readModule } from './python/read-module.ts';
import { createLineIndex, type SyntaxProblem } from './source-lines.ts';

export type { PythonClass, PythonFunction, PythonImport } from './python/facts.ts';

/** What can be known of a Python handler without running it. */
export interface PythonFacts extends PythonDefinitions {
  readonly errors: readonly SyntaxProblem[];
  /** False where the errors are doubts: a Python newer than TorchServe's reads the text. */
  readonly certain: boolean;
}

/** Reads Python up to 3.15 as CPython's own grammar has it; never runs anything. */
export function parsePython(text: string): PythonFacts {
  const lines = createLineIndex(text);
  const sink = new FactSink((at) => lines.at(at).line);
  const { faults, novelties } = readModule(text, sink);
  const { classes, functions, imports, names, hasStarImport } = sink;
  const certain = faults.length > 0 || novelties.length === 0;
  const errors = (faults.length > 0 ? faults : novelties.slice(0, 1)).map(({ at, message }) => ({
    ...lines.at(at),
    message,
  }));
  return { classes, functions, imports, names, hasStarImport, errors, certain };
}
