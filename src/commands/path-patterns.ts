import ignore from 'ignore';

/** Matches paths in an archive against .gitignore patterns; a literal path matches itself. */
export function createPathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const matcher = ignore({ ignorecase: false, allowRelativePaths: true }).add(
    patterns.map((pattern) => pattern.replace(/^\.\//, '/')),
  );
  return (path) => patterns.includes(path) || matcher.ignores(path);
}

/** Patterns without a match, most likely misspelt. */
export function findUnmatched(patterns: readonly string[], paths: readonly string[]): string[] {
  return patterns.filter((pattern) => !pattern.startsWith('!') && !paths.some(createPathMatcher([pattern])));
}
