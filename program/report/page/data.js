// The comparison's JSON (docs/compare-json.md), and what the sections ask of it.
const comparison = JSON.parse(document.getElementById('comparison').textContent);
const { data, settings, results } = comparison;
const classification = data.task === 'classification';
const score = classification ? 'accuracy' : 'rmse';
const activations = comparison.activations;
const losses = comparison.losses;
const best = comparison.best === null ? null : results[comparison.best];
const layers = settings.hidden.length;

const is_number = (x) => typeof x === 'number' && Number.isFinite(x);
const mean_of = (row) => row[`test_${score}_mean`];
const interval_of = (row) => row[`test_${score}_interval`];
const rows_of = (loss) => results.filter((row) => row.loss === loss);
const row_of = (activation, loss) => results.find((row) => row.activation === activation && row.loss === loss);
const function_of = (name) => activations.find((f) => f.name === name);

const average = (numbers) => {
  const known = numbers.filter(is_number);
  return known.length ? known.reduce((sum, x) => sum + x, 0) / known.length : null;
};
// The item with the least or greatest of a number; null where no item has one.
const extreme = (items, number, better) => items.reduce((found, item) => {
  const x = number(item);
  return is_number(x) && (found === null || better(x, number(found))) ? item : found;
}, null);
const least = (items, number) => extreme(items, number, (a, b) => a < b);
const most = (items, number) => extreme(items, number, (a, b) => a > b);

// The gradient norm in the first hidden layer as a share of the last one's.
const fading = (norms) => (layers > 1 && norms?.[layers - 1] > 0 ? norms[0] / norms[layers - 1] : null);
const unfinished = (row) => settings.seeds - row.seeds.length;
// What is to be said of a row that is not a plain result.
const state_of = (row) => {
  const parts = [];
  if (row.seeds_diverged) parts.push(`diverged in ${row.seeds_diverged} of ${counted(row.seeds.length, 'seed')}`);
  if (unfinished(row))
    parts.push(
      row.seeds.length ? `${row.seeds.length} of ${counted(settings.seeds, 'seed')} finished` : 'not finished'
    );
  return parts.join(', ');
};
