// How numbers and lists are written.
// A true minus; none before what is rounded to zero.
const minus = (text) => text.replace(/^-/, /^-[0.]+$/.test(text) ? '' : '−');
const raised = (text) =>
  text.replace('+', '').replace('-', '⁻').replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[digit]);
const in_powers = (x, digits) => {
  const [mantissa, exponent] = x.toExponential(digits - 1).split('e');
  return minus(`${mantissa}·10${raised(exponent)}`);
};
// A number with some significant digits, 2.1·10⁻⁷ where it is very small or large.
function number(x, digits = 3) {
  if (!is_number(x)) return '–';
  if (x === 0) return '0';
  if (Math.abs(x) < 1e-4 || Math.abs(x) >= 1e5) return in_powers(x, Math.min(digits, 2));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(x))));
  return minus(x.toFixed(Math.min(decimals, 8)));
}
// A number with some decimals, as those beside it have; a very large one, of a training that went astray, in powers of
// ten.
const fixed = (x, decimals) => (Math.abs(x) >= 1e5 ? number(x, 2) : is_number(x) ? minus(x.toFixed(decimals)) : '–');
const percent = (x, decimals = 1) => (is_number(x) ? `${fixed(100 * x, decimals)} %` : '–');

// A p-value.
const probability = (p) => (is_number(p) && p < 0.0001 ? '< 0.0001' : fixed(p, 4));

// Scores are written with four digits of the best, accuracies with four decimals; in powers of ten where the best, or
// what is to be written, is very large or small.
const score_place = classification || !best ? 0 : Math.max(-307, Math.floor(Math.log10(mean_of(best) || 1)));
const score_decimals = classification || !best ? 4 : Math.max(0, 3 - score_place);
const scores_in_powers = score_place < -3 || score_place > 6;
const in_score = (x) =>
  (!is_number(x) ? '–' : x && (scores_in_powers || Math.abs(x) >= 1e7) ? in_powers(x, 4)
                                                                       : minus(x.toFixed(score_decimals)));
// In a table whose caption gives the unit.
const score_unit = scores_in_powers ? 10 ** score_place : 1;
const unit_in_words = scores_in_powers ? `, in units of 10${raised(String(score_place))}` : '';
function in_units(x) {
  const multiple = x / score_unit;
  return is_number(x) && scores_in_powers && Math.abs(multiple) < 1e7 ? minus(multiple.toFixed(3)) : in_score(x);
}
const difference_in_units = (x) => (x > 0 ? '+' : '') + in_units(x);
const in_difference = (x) => (x > 0 ? '+' : '') + in_score(x);
const interval_in = (interval, write) => (interval ? `[${write(interval[0])}, ${write(interval[1])}]` : '–');

const counted = (count, noun, nouns = `${noun}s`) => `${count} ${count === 1 ? noun : nouns}`;
const join = (words) =>
  (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`);
// Some of many names, and how many more.
const few = (names, shown = 8) =>
  join(names.length > shown + 1 ? [...names.slice(0, shown), counted(names.length - shown, 'other')] : names);
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
