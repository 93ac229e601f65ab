// How fast each activation learns: every seed's curve, their mean, and the epochs to a share of the best.
const kinds = [
  [score, classification ? 'accuracy' : 'rmse'],
  ['loss', 'loss'],
];

function learning(section) {
  if (!results.some((row) => row.seeds.length))
    return section.append(paragraph('No training was finished, so there is no curve.'));
  const kind_choice = (state, set) => choice('Curve of the', kinds, state.kind, set('kind'));
  const log_tick = (state, set) => tick('logarithmic', state.log, set('log'));
  section.append(
    ...speed_in_words(),
    changing(
      { loss: first_loss(), kind: score, log: classification },
      [loss_choice, kind_choice, log_tick],
      (state) => curves(state)
    ),
    speed_table(),
  );
}

function speed_in_words() {
  if (comparison.nothing_learnt)
    return [answer('Nothing was learnt, so there is no share of a best score to come to.')];
  const mean = (row) => row.epochs_to['95'].mean;
  const there = results.filter((row) => is_number(mean(row)));
  const fast = least(there, mean), slow = most(there, mean);
  const first = there.filter((row) => mean(row) === mean(fast));
  const never = results.filter((row) => row.seeds.length && !row.epochs_to['95'].seeds);
  const epochs = (row) => counted(Number(number(row.epochs_to['95'].mean, 2)), 'epoch');
  const sentences = [];
  if (fast)
    sentences.push(answer(
      `${few(first.map(row_name), 5)} came first to 95 % of the best row’s score, after ${epochs(fast)} on average` +
      (slow === fast ? '.' : `; ${row_name(slow)} took longest, ${epochs(slow)}.`)
    ));
  if (never.length)
    sentences.push(paragraph(`${counted(never.length, 'row')} never came there: ${join(never.map(row_name))}.`));
  return sentences;
}

// Where a logarithmic scale ends below, at the latest.
const lowest = (kind) => 1e-12 * (kind === 'rmse' ? 10 ** score_place : 1);
const in_curve = ({ kind, log }) =>
  (kind === score && !(log && classification) ? in_score : (x) => fixed(x, 4));

// One number of every epoch of a seed: of the test or the training part; the share of wrong answers where it is asked
// for on a logarithmic scale.
const curve = (seed, part, { kind, log }) => seed.epochs.map((epoch) => {
  const value = epoch[`${part}_${kind}`], shown = log && kind === 'accuracy' && is_number(value) ? 1 - value : value;
  // Nothing wrong at all lies below every logarithmic scale: the line leaves the picture there.
  return { x: epoch.epoch, y: !is_number(shown) ? NaN : log ? Math.max(shown, lowest(kind)) : shown };
});
const mean_curve = (row, part, state) => {
  const seeds = row.seeds.map((seed) => curve(seed, part, state));
  return Array.from(
    { length: Math.max(0, ...seeds.map((points) => points.length)) },
    (_, i) => ({
      x: i + 1,
      y: average(seeds.map((points) => points[i]?.y)) ?? NaN,
    })
  );
};

// The axis on which the curves of the test part are seen.
function heights_of(rows, state) {
  const points = rows.flatMap((row) => row.seeds.flatMap((seed) => curve(seed, 'test', state)));
  const above = state.log ? lowest(state.kind) : -Infinity;
  const seen = points.map((point) => point.y).filter((y) => is_number(y) && y > above).sort((a, b) => a - b);
  // A training that goes astray would make all others flat: its curve leaves the picture.
  const middle = seen[Math.floor(seen.length / 2)], near = seen.filter((y) => !(y > 100 * middle));
  const [min, max] = [near[0], near[near.length - 1]];
  if (state.log) return { type: 'logarithmic', ticks: log_ticks, min, max };
  return { ticks: { maxTicksLimit: 5 }, suggestedMin: min, [near.length < seen.length ? 'max' : 'suggestedMax']: max };
}

function curves(state) {
  const rows = settings.activations.map((name) => row_of(name, state.loss)).filter((row) => row?.seeds.length);
  if (!rows.length) return [paragraph(`No training with ${state.loss} was finished.`)];
  const what = state.log && state.kind === 'accuracy' ? 'share of wrong answers' : state.kind;
  const axes = {
    x: { min: Math.min(1, settings.epochs - 1), max: settings.epochs, ticks: { maxTicksLimit: 6, precision: 0 } },
    y: heights_of(rows, state),
  };
  return [
    activation_legend(rows.map((row) => row.activation)),
    chart(
      `Mean test ${what} by epoch, for each activation, trained with ${state.loss}`,
      340,
      (now) => {
        const every = Math.ceil(settings.epochs / 8);
        const datasets = rows.map(
          (row, place) => line(now, mark_of(row.activation), row.activation, mean_curve(row, 'test', state), {
            pointRadius: ({ dataIndex: i }) => ((i + place) % every ? 0 : 4),
          }),
        );
        return line_chart(datasets, { x: {...axes.x, title: 'epoch' }, y: {...axes.y, title: `${what}, test part` } });
      }
    ),
    remark(
      `The mean over the seeds on the test part, trained with ${state.loss}. Below, each activation with all its ` +
        'seeds: thick is the mean, thin a seed; solid is the test part, dashed the training part; grey are the means ' +
        'of the other activations.',
    ),
    panels(rows, (row) => seeds_panel(row, rows, state, axes)),
    numbers(curve_table(rows, state, what)),
  ];
}

function seeds_panel(row, rows, state, axes) {
  const said = state_of(row);
  return [
    element('figcaption', {}, element('b', {}, row.activation), said ? ` ${said}` : ''),
    chart(
      `Test and training ${state.kind} of every seed with ${row.activation}`,
      160,
      (now) => {
        const colour = now.series[mark_of(row.activation).colour];
        const seeds = (part, borderColor, borderDash) =>
          row.seeds.map((seed) => ({ data: curve(seed, part, state), ...thin, borderColor, borderDash }));
        const mean = (part, borderColor, borderDash) => ({
          label: `${part}, mean`,
          data: mean_curve(row, part, state),
          borderColor,
          borderDash,
          borderWidth: 2.5,
          ...plain,
        });
        const other = (row) => ({ data: mean_curve(row, 'test', state), ...thin, borderColor: now.line });
        const others = rows.filter((one) => one !== row).map(other);
        return line_chart(
          [
            mean('test', colour, []),
            mean('train', now.ink, [4, 3]),
            ...seeds('test', `${colour}88`, []),
            ...seeds('train', `${now.ink}44`, [2, 2]),
            ...others,
          ],
          {
            x: {...axes.x, ticks: { maxTicksLimit: 4, precision: 0 } },
            y: {...axes.y, ticks: {...axes.y.ticks, maxTicksLimit: 4 } },
          },
        );
      }
    ),
  ];
}

function curve_table(rows, state, what) {
  const lines = rows.map((row) => mean_curve(row, 'test', state));
  const body = Array.from(
    { length: settings.epochs }, (_, i) => [String(i + 1), ...lines.map((points) => in_curve(state)(points[i]?.y))]
  );
  return table(
    `Mean test ${what} after each epoch, trained with ${state.loss}`,
    ['epoch', ...rows.map((row) => row.activation)],
    body
  );
}

function speed_table() {
  const came = (row, part) => {
    const { mean, seeds } = row.epochs_to[part];
    if (!seeds) return row.seeds.length ? 'never' : '–';
    return number(mean, 2) + (seeds < row.seeds.length ? ` (${seeds} of ${row.seeds.length})` : '');
  };
  const seconds = (row) => `${number(1000 * comparison.run.seconds_per_epoch[results.indexOf(row)], 2)} ms`;
  const reached = classification ? 'accuracy' : 'explained error';
  return table(
    `Epochs to 90, 95 and 99 % of the best row’s ${reached}, mean over the seeds that came there`,
    ['activation', 'loss', '90 %', '95 %', '99 %', 'time per epoch'],
    results.map((row) => [row.activation, row.loss, came(row, '90'), came(row, '95'), came(row, '99'), seconds(row)]),
    2,
  );
}
