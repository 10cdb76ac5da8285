import type { ExplainResult } from '../../commands/explain.ts';

type ExplainedRule = ExplainResult['rules'][number];

/** docs/rules.md: the text of `mar explain` for every rule, as Markdown. */
export function formatRulesPage({ rules }: ExplainResult): string {
  const areas = [...new Set(rules.map(({ id }) => areaOf(id)))];
  const sections = areas.map((area) => {
    const own = rules.filter(({ id }) => areaOf(id) === area);
    return [`## ${area}`, '', ...own.flatMap(formatRule)].join('\n');
  });
  return `${HEAD}\n${sections.join('\n')}`;
}

const HEAD = `# Rules of mar validate

What \`mar explain RULE\` prints, for every rule. An id is permanent: never renamed, never reused. Other severities are set with
\`--rule id=off|info|warn|error\` or in \`mar.validate.json\`. Written by \`npm run docs\` from the rules themselves; a test compares.
`;

function formatRule({ id, severity, title, help, fix, run }: ExplainedRule): string[] {
  const notes = [
    severity,
    ...(fix === undefined ? [] : [`\`--fix\` ${escapeText(fix)}`]),
    ...(run ? ['only with `--run`'] : []),
  ];
  return [`### ${id}`, '', `**${escapeText(title)}.** (${notes.join('; ')})`, '', escapeText(help), ''];
}

function areaOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

/** Help is plain text: what Markdown would read as markup is escaped. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_<>[\]|]/g, (character) => `\\${character}`);
}
