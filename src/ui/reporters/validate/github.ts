import type { ValidateResult } from '../../../commands/validate/validate.ts';
import type { Finding, Severity } from '../../../core/finding.ts';
import { showLines } from '../../text.ts';
import { describePlace } from './human.ts';

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const satisfies Record<Severity, string>;

/** Workflow commands of GitHub Actions: one annotation for each finding. */
export function formatValidateGithub({ findings }: ValidateResult): string {
  return findings.map(formatAnnotation).join('');
}

function formatAnnotation({ rule, severity, message, at, hint }: Finding): string {
  const place = describePlace(at);
  const text = [place === '' ? message : `${place}: ${message}`, hint].filter(Boolean).join('\n');
  return `::${commands[severity]} file=${escapeProperty(at.path ?? '')},title=${escapeProperty(rule)}::${escapeData(text)}\n`;
}

/** Percent-encodes characters that end or split a workflow command (actions/toolkit, packages/core/src/command.ts). */
function escapeData(text: string): string {
  return showLines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
