import { expect, it } from 'vitest';
import { archiveRefused, refuseErrors } from '../../../src/archive/structure/refuse.ts';
import type { Finding } from '../../../src/core/finding.ts';

const finding = (severity: Finding['severity'], message: string): Finding => ({
  rule: 'archive/gap',
  severity,
  message,
  at: { path: 'm.mar' },
});

it('refuseErrors throws ARCHIVE_REFUSED with the message of the first error and every finding', () => {
  const findings = [finding('warning', 'odd.'), finding('error', 'bad.'), finding('error', 'worse.')];
  const refused = { code: 'ARCHIVE_REFUSED', message: 'm.mar is refused: bad. (and 1 more)', findings };
  expect(() => refuseErrors('m.mar', findings)).toThrow(expect.objectContaining(refused));
});

it('refuseErrors lets warnings pass', () => {
  expect(() => refuseErrors('m.mar', [finding('warning', 'odd.'), finding('info', 'by the way.')])).not.toThrow();
});

it('archiveRefused names the archive if no error says why its members are unknown', () => {
  expect(archiveRefused('m.mar', []).message).toContain('m.mar is refused');
});
