/** The library: what the commands call. Every function takes plain options and, if you like, a {@link Context}, and returns plain data. */

export { type CatOptions, cat } from './commands/cat.ts';
export { type DiffOptions, type DiffResult, diff } from './commands/diff/diff.ts';
export { type DoctorOptions, type DoctorResult, doctor } from './commands/doctor/doctor.ts';
export { type ExplainOptions, type ExplainResult, explain } from './commands/explain.ts';
export { type ExtractOptions, type ExtractResult, extract } from './commands/extract.ts';
export { type InspectOptions, type InspectResult, inspect } from './commands/inspect/inspect.ts';
export { type ArchiveResult, archive } from './commands/pack/archive.ts';
export type { ArchiveOptions } from './commands/pack/archive-options.ts';
export {
  type ArchiveWorkflowOptions,
  type ArchiveWorkflowResult,
  archiveWorkflow,
} from './commands/pack/archive-workflow.ts';
export type { PackConfig, PackOptions } from './commands/pack/options.ts';
export { type PackResult, pack } from './commands/pack/pack.ts';
export { type RepackOptions, type RepackResult, repack } from './commands/pack/repack.ts';
export { type PredictOptions, type PredictResult, predict } from './commands/predict.ts';
export { type ServeHandle, type ServeOptions, serve } from './commands/serve/serve.ts';
export type { ValidateConfig, ValidateOptions } from './commands/validate/options.ts';
export { type ValidateResult, validate } from './commands/validate/validate.ts';
export { type Context, createContext, type LogEvent } from './core/context.ts';
export type { ErrorCode } from './core/error-catalogue.ts';
export { ToolError } from './core/errors.ts';
export type { Finding, Location, Severity } from './core/finding.ts';
