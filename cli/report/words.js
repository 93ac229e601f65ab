// How numbers and lists are written.
const minus = (text) => text.replace(/^-/, '−');
const raised = (text) =>
  text.replace('+', '').replace('-', '⁻').replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[digit]);
// A number with some significant digits, 2.1·10⁻⁷ where it is very small or large.
function number(x, digits = 3) {
  if (!is_number(x)) return '–';
  if (x === 0) return '0';
  if (Math.abs(x) < 1e-4 || Math.abs(x) >= 1e5) {
    const [mantissa, exponent] = x.toExponential(Math.min(digits, 2) - 1).split('e');
    return minus(`${mantissa}·10${raised(exponent)}`);
  }
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(x))));
  return minus(x.toFixed(Math.min(decimals, 8)));
}
// A number with some decimals, as those beside it have; a very large one, of a training that went astray, in powers of
// ten.
const fixed = (x, decimals) => (Math.abs(x) >= 1e5 ? number(x, 2) : is_number(x) ? minus(x.toFixed(decimals)) : '–');
const signed = (x, decimals) => (x > 0 ? '+' : '') + fixed(x, decimals);
const percent = (x, decimals = 1) => (is_number(x) ? `${fixed(100 * x, decimals)} %` : '–');

// A p-value.
const probability = (p) => (is_number(p) && p < 0.0001 ? '< 0.0001' : fixed(p, 4));

const score_decimals =
  classification || !best ? 4 : Math.max(0, 3 - Math.floor(Math.log10(Math.abs(mean_of(best)) || 1)));
const in_score = (x) => fixed(x, score_decimals);
const in_difference = (x) => signed(x, score_decimals);
const interval_in = (interval, write) => (interval ? `[${write(interval[0])}, ${write(interval[1])}]` : '–');

const counted = (count, noun, nouns = `${noun}s`) => `${count} ${count === 1 ? noun : nouns}`;
const join = (words) =>
  (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
// A share of something as one says it: 1/340 of, 0.84 of, 3.1 times.
const share = (x) =>
  (x < 0.1 ? `1/${Math.round(1 / x)} of` : x < 1 ? `${fixed(x, 2)} of` : `${number(x, 2)} times`);
const row_name = (row) => (losses.length > 1 ? `${row.activation} with ${row.loss}` : row.activation);
const outcomes = {
  baseline: 'the baseline',
  better: 'yes, better',
  worse: 'yes, worse',
  open: 'open',
  unknown: 'unknown',
};
const sides = {
  none: 'flattens on no side',
  left: 'flattens on the left',
  right: 'flattens on the right',
  both: 'flattens on both sides',
};
