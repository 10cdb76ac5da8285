/**
 * Patterns over paths inside an archive, as .gitignore reads them: `*` and `?` stay within one component, `**` crosses
 * them, a pattern without "/" matches at any depth, and a pattern that matches a folder takes everything below it.
 */
export function createPathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map(toExpression);
  return (path) => expressions.some((expression) => expression.test(path));
}

/** Patterns that match none of the paths: most likely misspelt. */
export function findUnmatched(patterns: readonly string[], paths: readonly string[]): string[] {
  return patterns.filter((pattern) => {
    const expression = toExpression(pattern);
    return !paths.some((path) => expression.test(path));
  });
}

function toExpression(pattern: string): RegExp {
  const trimmed = pattern.replace(/^\.?\//, '').replace(/\/$/, '');
  const anchored = trimmed.includes('/') || pattern.startsWith('/');
  const source = trimmed.replace(/\*\*\/|\*\*|\*|\?|[\\^$.|+(){}[\]]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    return token === '?' ? '[^/]' : `\\${token}`;
  });
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${source}(?:/.*)?$`, 'su');
}
