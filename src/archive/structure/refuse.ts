import { ToolError } from '../../core/errors.ts';
import { type Finding, isAtLeast, nameFile } from '../../core/finding.ts';

/** Throws ARCHIVE_REFUSED, with every finding, if one of them is an error. */
export function refuseErrors(path: string, findings: readonly Finding[]): void {
  if (findings.some(isError)) throw archiveRefused(path, findings);
}

/** ARCHIVE_REFUSED with the message of the first error. */
export function archiveRefused(path: string, findings: readonly Finding[]): ToolError {
  const errors = findings.filter(isError);
  return new ToolError(
    'ARCHIVE_REFUSED',
    { path, count: errors.length, first: errors[0] ? nameFile(errors[0]) : '' },
    { findings },
  );
}

function isError({ severity }: Finding): boolean {
  return isAtLeast(severity, 'error');
}
