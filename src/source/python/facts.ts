/** What is known about Python source without running it. */
export interface PythonDefinitions {
  /** Classes that exist once the module is imported, in any branch. */
  readonly classes: readonly PythonClass[];
  /** Every name bound at module level: functions, classes, assignments, imports. */
  readonly names: ReadonlySet<string>;
  readonly functions: readonly PythonFunction[];
  readonly imports: readonly PythonImport[];
  /** `from x import *` binds unknown names. */
  readonly hasStarImport: boolean;
}

export interface PythonFunction {
  readonly name: string;
  readonly line: number;
}

export interface PythonClass {
  readonly name: string;
  readonly line: number;
  /** As written: `ABC`, `ts.torch_handler.base_handler.BaseHandler`. */
  readonly bases: readonly string[];
  /** Names bound in the class body. */
  readonly members: ReadonlySet<string>;
}

export interface PythonImport {
  /** Dotted, without the leading dots. */
  readonly module: string;
  /** Number of leading dots: 0 is absolute. */
  readonly level: number;
  readonly names: readonly string[];
  readonly line: number;
  /** Runs when the module is imported, and its failure is not caught. */
  readonly required: boolean;
}

/** Collects the facts of one module while it is read. */
export class FactSink implements PythonDefinitions {
  readonly classes: PythonClass[] = [];
  readonly names = new Set<string>();
  readonly functions: PythonFunction[] = [];
  readonly imports: PythonImport[] = [];
  hasStarImport = false;
  readonly #lineAt: (offset: number) => number;

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt;
  }

  addImport(found: Omit<PythonImport, 'line'>, at: number): void {
    this.imports.push({ ...found, line: this.#lineAt(at) });
  }

  addFunction(name: string, at: number): void {
    this.functions.push({ name, line: this.#lineAt(at) });
  }

  addClass(found: Omit<PythonClass, 'line'>, at: number): void {
    this.classes.push({ ...found, line: this.#lineAt(at) });
  }
}
