import { expect, test } from 'vitest';
import { escapeMarkdown } from '../../src/ui/markdown.ts';

test('Markdown, HTML and control characters of a name are shown, not obeyed', () => {
  expect(escapeMarkdown('a|b [x](y) <img> & `c`\u009b')).toBe(
    'a\\|b \\[x\\]\\(y\\) &lt;img&gt; &amp; \\`c\\`\\\\u009b',
  );
});
