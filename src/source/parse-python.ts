import { FactSink, type PythonDefinitions } from './python/facts.ts';
import { readModule } from './python/read-module.ts';
import { createLineIndex, type SyntaxProblem } from './source-lines.ts';

export type { PythonClass, PythonFunction, PythonImport } from './python/facts.ts';

/** What is known about a Python handler without running it. */
export interface PythonFacts extends PythonDefinitions {
  readonly errors: readonly SyntaxProblem[];
  /** False if the errors are doubtful: a Python newer than TorchServe's accepts the text. */
  readonly certain: boolean;
}

/** Reads Python up to 3.15 by CPython's own grammar; never runs anything. */
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
