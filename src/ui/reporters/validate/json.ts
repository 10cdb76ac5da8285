import type { ValidateReport, ValidateResult } from '../../../commands/validate/validate.ts';

/** Exactly what schemas/findings.json describes: the version and the findings. */
export function toValidateReport({ schemaVersion, findings }: ValidateResult): ValidateReport {
  return { schemaVersion, findings };
}

export function formatValidateJson(result: ValidateResult): string {
  return `${JSON.stringify(toValidateReport(result), null, 2)}\n`;
}
