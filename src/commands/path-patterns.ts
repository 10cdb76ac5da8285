import ignore from 'ignore';

/** Whether a path inside an archive matches one of the patterns, which are .gitignore's; a path as it is written matches itself. */
export function createPathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const matcher = ignore({ ignorecase: false, allowRelativePaths: true }).add(
    patterns.map((pattern) => pattern.replace(/^\.\//, '/')),
  );
  return (path) => patterns.includes(path) || matcher.ignores(path);
}

/** Patterns that match none of the paths: most likely misspelt. */
export function findUnmatched(patterns: readonly string[], paths: readonly string[]): string[] {
  return patterns.filter((pattern) => !pattern.startsWith('!') && !paths.some(createPathMatcher([pattern])));
}
