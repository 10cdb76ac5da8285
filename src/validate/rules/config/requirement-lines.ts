import type { RequirementLine } from '../../../model/documents/requirements.ts';
import { defineRule, type Observation } from '../../rule.ts';

/** What pip reads besides requirements: options, URLs, files and folders. */
const NOT_A_NAME = /^-|:\/\/|@|^[./\\]|[/\\]|\.(whl|zip|tar\.gz)$/;
const VERSION = '(?:===?|~=|!=|<=?|>=?) ?[^ ,;()=~!<>]+(?:![^ ,;()=~!<>]+)?';
/** Versions and a marker after the name (PEP 508, PEP 440); blanks are single ones. */
const SPECIFIERS = new RegExp(`^\\(? ?(?:${VERSION}(?: ?, ?${VERSION})* ?,?)? ?\\)? ?(?:;.*|--hash=.*)?$`);

export const configRequirementLines = defineRule({
  id: 'config/requirement-lines',
  severity: 'warning',
  title: 'pip can read every requirement',
  help: 'One line pip cannot read makes it install none of them: "torch=2.1" instead of "torch==2.1", two packages on a line, a comma between them. A package named twice with different versions cannot be resolved either.',
  async check(subject) {
    const { member, lines } = await subject.requirements();
    if (member === undefined) return [];
    const unreadable = lines.filter(isUnreadable).map(({ line, text }) => ({
      message: `Line ${line} of ${member} is no requirement: ${JSON.stringify(text)}.`,
      at: { member, line },
      hint: 'Write one package a line: name==1.2.3',
    }));
    return [...unreadable, ...findTwice(lines, member)];
  },
});

function isUnreadable({ text, name, rest }: RequirementLine): boolean {
  return name === undefined ? !NOT_A_NAME.test(text) : !SPECIFIERS.test(rest);
}

/** Twice is right where markers part the cases. */
function findTwice(lines: readonly RequirementLine[], member: string): Observation[] {
  const seen = new Map<string, RequirementLine>();
  return lines.flatMap((found) => {
    if (found.name === undefined || found.rest.includes(';')) return [];
    const before = seen.get(found.name);
    if (before === undefined) seen.set(found.name, found);
    if (before === undefined || before.rest === found.rest) return [];
    return [
      {
        message: `${found.name} is asked for in lines ${before.line} and ${found.line} of ${member}: ${before.text} and ${found.text}.`,
        at: { member, line: found.line },
        hint: 'Keep one of them.',
      },
    ];
  });
}

export const configRequirementPins = defineRule({
  id: 'config/requirement-pins',
  severity: 'info',
  title: 'Requirements name one version each',
  help: 'A line without "==" installs whatever is newest on the day a worker starts, so that two machines, or two days, run different code under one model version.',
  async check(subject) {
    const { member, lines } = await subject.requirements();
    const open = lines.filter(({ name, rest }) => name !== undefined && !/^\(? ?===? ?[^*,;]+(;|\)|$| --)/.test(rest));
    const [first] = open;
    if (member === undefined || first === undefined) return [];
    const names = open.map(({ text }) => text).slice(0, 5);
    const message = `${open.length} of ${lines.length} lines of ${member} leave the version open: ${names.join(', ')}${open.length > 5 ? ', …' : ''}.`;
    return [{ message, at: { member, line: first.line }, hint: 'Write name==version, as "pip freeze" prints them.' }];
  },
});
