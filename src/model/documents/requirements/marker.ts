const variables =
  'python_version|python_full_version|os[_.]name|sys[_.]platform|platform[_.](?:release|system|version|machine|python_implementation)|platform_python_implementation|python_implementation|implementation_name|implementation_version|extras?|dependency_groups';

const TOKEN = new RegExp(
  `\\s*(?:(?<open>\\()|(?<close>\\))|(?<join>(?:and|or)\\b)|(?<value>(?:${variables})\\b|'[^']*'|"[^"]*")|(?<compare>===|[=!~<>]=|[<>]|in\\b|not\\s+in\\b))`,
  'y',
);

/** Whether PEP 508 reads it: comparisons with `and`, `or` and brackets, one side of each a variable or both texts. */
export function isMarker(text: string): boolean {
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  let depth = 0;
  // What may come next: a comparison starts, continues with its operator or its right side, or has ended.
  let state: 'start' | 'operator' | 'right' | 'over' = 'start';
  while (pattern.lastIndex < end) {
    const groups = pattern.exec(text)?.groups;
    if (!groups) return false;
    if (groups.open !== undefined && state === 'start') depth++;
    else if (groups.close !== undefined && state === 'over' && depth > 0) depth--;
    else if (groups.join !== undefined && state === 'over') state = 'start';
    else if (groups.value !== undefined && state === 'start') state = 'operator';
    else if (groups.compare !== undefined && state === 'operator') state = 'right';
    else if (groups.value !== undefined && state === 'right') state = 'over';
    else return false;
  }
  return state === 'over' && depth === 0;
}
