/** Results of both servers side by side. */

/**
 * `unexplained`: what the real server passes, ours does not, and no difference explains. A suite that was cut off has no outcome for its
 * last tests: with ours that counts as failed.
 */
export function compare(suites, real, ours, differences) {
  const rows = [];
  const unexplained = [];
  const explained = [];
  const stale = [];
  for (const { id } of suites) {
    const [theirs, mine] = [real[id] ?? {}, ours[id] ?? {}];
    const row = { suite: id, real: count(theirs), ours: count(mine), differences: 0, unexplained: 0 };
    for (const [test, { outcome }] of Object.entries(theirs)) {
      const name = `${id} ${test}`;
      const reason = differences[name];
      const passes = mine[test]?.outcome === 'passed';
      if (passes && reason !== undefined) stale.push(name);
      if (outcome !== 'passed' || passes) continue;
      if (reason === undefined) {
        row.unexplained += 1;
        unexplained.push({ name, message: mine[test]?.message ?? 'it was not run' });
      } else {
        row.differences += 1;
        explained.push({ name, reason });
      }
    }
    rows.push(row);
  }
  return { rows, unexplained, explained, stale };
}

function count(tests) {
  const outcomes = Object.values(tests).map(({ outcome }) => outcome);
  const of = (wanted) => outcomes.filter((outcome) => outcome === wanted).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

export function formatTable({ rows, unexplained, explained, stale }) {
  const cell = ({ passed, failed, skipped }) => `${passed} / ${failed} / ${skipped}`;
  const lines = rows.map((row) => [
    row.suite,
    cell(row.real),
    cell(row.ours),
    String(row.differences),
    String(row.unexplained),
  ]);
  const all = [['suite', 'TorchServe', 'ours', 'differences', 'faults'], ...lines];
  const widths = all[0].map((_, column) => Math.max(...all.map((line) => line[column].length)));
  const listed = (title, entries) => (entries.length === 0 ? [] : ['', title, ...entries.map((entry) => `  ${entry}`)]);
  return [
    '',
    ...all.map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    ),
    '(passed / failed / skipped)',
    ...listed(
      'Differences:',
      explained.map(({ name, reason }) => `${name}: ${reason}`),
    ),
    ...listed('Listed as a difference, but passed:', stale),
    ...listed(
      'Passed by TorchServe alone:',
      unexplained.map(({ name, message }) => `${name}: ${message.split('\n')[0]}`),
    ),
  ].join('\n');
}
