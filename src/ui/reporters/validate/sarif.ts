import type { ValidateResult } from '../../../commands/validate/validate.ts';
import type { Finding, Severity } from '../../../core/finding.ts';
import { formatJson } from '../../text.ts';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<Severity, string>;

/** SARIF 2.1.0, one run, for code scanning. Members are logical locations, since only the archive is a file. */
export function formatValidateSarif(results: readonly ValidateResult[], toolVersion: string): string {
  const findings = results.flatMap((result) => result.findings);
  const reported = new Set(findings.map(({ rule }) => rule));
  const known = new Map(results.flatMap((result) => result.rules.map((rule) => [rule.id, rule])));
  const rules = [...known.values()].filter(({ id }) => reported.has(id));
  const driver = {
    name: 'ts-model-archiver',
    version: toolVersion,
    rules: rules.map(({ id, severity, title, help }) => ({
      id,
      shortDescription: { text: title },
      help: { text: help },
      defaultConfiguration: { level: levels[severity] },
    })),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results: findings.map((finding) => toResult(finding, rules)) }],
  };
  return formatJson(log);
}

function toResult(finding: Finding, rules: readonly { readonly id: string }[]) {
  const { rule, severity, message, hint } = finding;
  const ruleIndex = rules.findIndex(({ id }) => id === rule);
  return {
    ruleId: rule,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: levels[severity],
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    locations: [toLocation(finding.at)],
  };
}

function toLocation({ path = '', member, line, column, pointer, offset }: Finding['at']) {
  const inMember = [member, pointer || undefined].filter((part) => part !== undefined).join('#');
  return {
    physicalLocation: {
      artifactLocation: { uri: toUri(path) },
      // Relative to the member, or to the file if there is none.
      ...(member === undefined && offset !== undefined ? { region: { byteOffset: offset } } : {}),
      ...(member !== undefined && line !== undefined
        ? { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } }
        : {}),
    },
    ...(inMember === '' ? {} : { logicalLocations: [{ fullyQualifiedName: inMember, kind: 'member' }] }),
  };
}

/** A relative reference (RFC 3986): each component percent-encoded. */
function toUri(path: string): string {
  return path.split(/[\\/]/).map(encodeURIComponent).join('/');
}
