import type { ValidateReport, ValidateResult } from '../../../commands/validate/validate.ts';
import { formatJson } from '../../text.ts';

/** What schemas/findings.json describes, of one archive or more: each finding names its archive. */
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
