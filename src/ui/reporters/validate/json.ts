import type { ValidateReport, ValidateResult } from '../../../commands/validate/validate.ts';
import { formatJson } from '../../text.ts';

/** JSON as in schemas/findings.json, for one or more archives: each finding names its archive. */
export function toValidateReport(results: readonly ValidateResult[]): ValidateReport {
  return {
    schemaVersion: 1,
    passed: results.every(({ passed }) => passed),
    findings: results.flatMap(({ findings }) => findings),
  };
}

export function formatValidateJson(results: readonly ValidateResult[]): string {
  return formatJson(toValidateReport(results));
}
