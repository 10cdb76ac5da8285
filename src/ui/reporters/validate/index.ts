import type { ValidateResult } from '../../../commands/validate/validate.ts';
import type { Style } from '../../style.ts';
import { formatValidateGithub } from './github.ts';
import { formatValidate } from './human.ts';
import { formatValidateJson } from './json.ts';
import { formatValidateJunit } from './junit.ts';
import { formatValidateMarkdown } from './markdown.ts';
import { formatValidateSarif } from './sarif.ts';

export interface ReporterOptions {
  readonly style: Style;
  readonly toolVersion: string;
}

/** The reporters of `mar validate --reporter`, all from the same findings. Add one: its file, and a line here. */
export const validateReporters = {
  human: (result, { style }) => formatValidate(result, style),
  json: (result) => formatValidateJson(result),
  sarif: (result, { toolVersion }) => formatValidateSarif(result, toolVersion),
  junit: (result) => formatValidateJunit(result),
  github: (result) => formatValidateGithub(result),
  markdown: (result) => formatValidateMarkdown(result),
} as const satisfies Record<string, (result: ValidateResult, options: ReporterOptions) => string>;

export type ValidateReporter = keyof typeof validateReporters;
