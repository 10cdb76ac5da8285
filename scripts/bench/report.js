/**
 * What a benchmark writes to. `line` prints; `add` keeps one measure and prints it:
 *   name, value, unit    what was measured; the value is the median where there are several runs, unless it says otherwise
 *   runs                 every single value, kept in the raw numbers
 *   against              { name, value } of the same unit: the ratio is printed
 *   note                 anything a reader has to know beside the number
 */
export function createReport(print) {
  const measures = [];
  return {
    measures,
    line: print,
    add(measure) {
      measures.push(measure);
      print(formatMeasure(measure));
    },
  };
}

function formatMeasure({ name, value, unit, against, note }) {
  const ratio = against === undefined ? '' : `   ${(value / against.value).toFixed(2)} x ${against.name}`;
  return `${name.padEnd(44)}${formatNumber(value).padStart(9)} ${unit.padEnd(5)}${ratio}${note ? `   ${note}` : ''}`.trimEnd();
}

function formatNumber(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
