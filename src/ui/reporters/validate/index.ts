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

/** The reporters of `mar validate --reporter`. A new one is a file and a line here. */
export const validateReporters = {
  human: (results, { style }) => results.map((result) => formatValidate(result, style)).join('\n'),
  json: (results) => formatValidateJson(results),
  sarif: (results, { toolVersion }) => formatValidateSarif(results, toolVersion),
  junit: (results) => formatValidateJunit(results),
  github: (results) => results.map(formatValidateGithub).join(''),
  markdown: (results) => results.map(formatValidateMarkdown).join('\n'),
} as const satisfies Record<string, (results: readonly ValidateResult[], options: ReporterOptions) => string>;

export type ValidateReporter = keyof typeof validateReporters;
