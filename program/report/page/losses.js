// What the loss changes: in learning, and in the probabilities that come out.
const measures = [
  ['accuracy', (row) => (classification ? mean_of(row) : null), true, (x) => in_score(x)],
  ['root mean square error', (row) => (classification ? null : mean_of(row)), false, (x) => in_score(x)],
  ['epochs to 95 % of the best', (row) => row.epochs_to['95'].mean, false, (x) => number(x, 2)],
  ['calibration error', (row) => row.probabilities?.calibration_error, false, (x) => fixed(x, 4)],
  ['Brier score', (row) => row.probabilities?.brier, false, (x) => fixed(x, 4)],
  ['log loss', (row) => row.probabilities?.log_loss, false, (x) => fixed(x, 4)],
];
const losses_named = losses.map((loss) => loss.name);

function loss_effects(section) {
  const names =
    settings.activations.filter((name) => results.some((row) => row.activation === name && is_number(mean_of(row))));
  if (!names.length) return section.append(paragraph('No training was finished, so there is nothing to compare.'));
  const several = losses.length > 1;
  if (several) section.append(...wins_in_words(names));
  else section.append(answer(`One loss was compared, ${losses[0].name}; --losses names others.`));
  if (classification || several)
    section.append(changing(
      { activation: best.activation },
      [name_choice('Activation', names, 'activation')],
      ({ activation }) => effects_with(activation)
    ));
  section.append(
    heading('The losses'),
    function_list(losses, (loss) => `, of the network’s output taken for ${loss.input.replace('_', ' ')}`)
  );
}

// For how many activations each loss is ahead by a measure, the greatest count first.
function wins([, value, more_is_better], activation_names) {
  const counts = new Map(losses_named.map((loss) => [loss, 0]));
  for (const activation of activation_names) {
    const rows = losses_named.map((loss) => row_of(activation, loss)).filter((row) => row && is_number(value(row)));
    const first = rows.length > 1 && (more_is_better ? most : least)(rows, value);
    if (first && rows.filter((row) => value(row) === value(first)).length === 1)
      counts.set(first.loss, counts.get(first.loss) + 1);
  }
  return [...counts].filter(([, count]) => count).sort((a, b) => b[1] - a[1]);
}

function wins_in_words(activation_names) {
  const found =
    measures.map((measure) => [measure[0], wins(measure, activation_names)]).filter(([, counts]) => counts.length);
  if (!found.length) return [answer('By no measure is one loss ahead of another.')];
  const leads = (loss, counts) => counts[0][0] === loss && counts[0][1] > (counts[1]?.[1] ?? 0);
  const led = (loss) => found.filter(([, counts]) => leads(loss, counts)).map(([measure]) => measure);
  const said = losses_named.map((loss) => [loss, led(loss)])
                 .filter(([, list]) => list.length)
                 .map(([loss, list]) => `${loss} is more often ahead by ${join(list)}`);
  const of_all = ` of ${counted(activation_names.length, 'activation')}`;
  const sentence = ([measure, [[first, count], ...others]]) => `${capital(measure)}: ` +
    [`${first} is ahead for ${count}${of_all}`, ...others.map(([loss, more]) => `${loss} for ${more}`)].join(', ') +
    '.';
  return [
    answer(said.length ? `${said.join('; ')}.` : 'By no measure is one loss more often ahead than another.'),
    element('ul', { class: 'plain' }, found.map((item) => element('li', {}, sentence(item)))),
  ];
}

function effects_with(activation) {
  const rows = losses_named.map((loss) => row_of(activation, loss)).filter((row) => row?.seeds.length);
  const head = ['', ...rows.map((row) => row.loss)];
  const shown = measures.filter(([, value]) => rows.some((row) => is_number(value(row))));
  const body = shown.map(([name, value, more, write]) => {
    const values = rows.map(value), first = (more ? most : least)(values, (x) => x);
    const alone = rows.length > 1 && values.filter((x) => x === first).length === 1;
    const text = (x) => (is_number(x) && alone && x === first ? `${write(x)} (ahead)` : write(x));
    return [name, ...values.map(text)];
  });
  body.push(['gradient of the first layer, before training', ...rows.map((row) => number(row.gradient_start?.[0], 2))]);
  const with_probabilities = rows.filter((row) => row.probabilities);
  return [
    table(`${activation} with each loss`, head, body),
    ...(rows.length > 1 ? [loss_curves(activation, rows)] : []),
    ...(with_probabilities.length ? reliability(with_probabilities) : []),
  ];
}

// The mean, with its points, and each seed.
function loss_lines(row, state, now) {
  const look = mark_of_loss(row.loss), borderColor = `${now.series[look.colour]}66`;
  const mean = line(now, look, row.loss, mean_curve(row, 'test', state), { pointRadius: 3 });
  return [mean, ...row.seeds.map((seed) => ({ data: curve(seed, 'test', state), ...thin, borderColor }))];
}

function loss_curves(activation, rows) {
  const state = { kind: score, log: false };
  return element(
    'figure',
    {},
    element('figcaption', {}, element('b', {}, `Test ${score} by epoch with ${activation}`)),
    legend(rows.map((row) => row.loss), (loss) => settings.losses.indexOf(loss)),
    chart(
      `Mean test ${score} by epoch with ${activation}, for each loss`,
      220,
      (now) => line_chart(
        rows.flatMap((row) => loss_lines(row, state, now)),
        { x: { title: 'epoch', min: 1, max: Math.max(2, settings.epochs), ticks: { precision: 0 } }, y: {} },
      ),
    ),
    numbers(curve_of_losses_table(rows, state)),
  );
}
const curve_of_losses_table = (rows, state) => {
  const lines = rows.map((row) => mean_curve(row, 'test', state));
  return table(
    `Mean test ${score} after each epoch`,
    ['epoch', ...rows.map((row) => row.loss)],
    Array.from(
      { length: settings.epochs }, (_, i) => [String(i + 1), ...lines.map((points) => in_curve(state)(points[i]?.y))]
    )
  );
};

// How much more sure the network is than it is right: mean confidence less accuracy.
function overconfidence({ bins }) {
  const known = bins.filter((bin) => bin.count > 0);
  const count = known.reduce((sum, bin) => sum + bin.count, 0);
  return count ? known.reduce((sum, bin) => sum + bin.count * (bin.confidence - bin.accuracy), 0) / count : null;
}
function confidence_in_words(row) {
  const over = overconfidence(row.probabilities);
  if (!is_number(over)) return '';
  if (Math.abs(over) < 0.0005) return 'as sure as it is right';
  return over > 0 ? `${percent(over)} surer than it is right` : `${percent(-over)} less sure than it is right`;
}

function reliability(rows) {
  const bin =
    ({ count, confidence, accuracy }, i
    ) => [`${fixed(i / 10, 1)} to ${fixed((i + 1) / 10, 1)}`, String(count), fixed(confidence, 3), fixed(accuracy, 3)];
  return [
    heading('Can the probabilities be believed?'),
    paragraph(
      'Where a network says 80 %, it should be right in 80 % of the cases: on the dotted line. ' +
        'Below it the network is too sure of itself, above it too modest. ' +
        (losses.some((loss) => loss.input === 'values')
           ? 'The outputs of a loss of values are taken for the probabilities themselves, cut to [0, 1].'
           : ''),
    ),
    panels(rows, reliability_panel, 'large'),
    numbers(...rows.map(
      (row) => table(
        `${row_name(row)}: by how sure the network is`,
        ['confidence', 'rows', 'mean confidence', 'accuracy'],
        row.probabilities.bins.map(bin)
      )
    )),
  ];
}

function reliability_panel(row) {
  const { bins } = row.probabilities, total = bins.reduce((sum, { count }) => sum + count, 0) || 1;
  const known = bins.filter(({ count }) => count > 0);
  const { colour } = mark_of_loss(row.loss);
  return [
    element('figcaption', {}, element('b', {}, row.loss), ` ${confidence_in_words(row)}`),
    chart(
      `Accuracy by confidence with ${row.loss}: ${confidence_in_words(row)}`,
      300,
      (now) => line_chart(
        [
          line(now, mark_of_loss(row.loss), 'accuracy', known.map(({ confidence,
                                                                     accuracy }) => ({ x: confidence, y: accuracy }))),
          {
            label: 'as sure as right',
            data: [{ x: 0, y: 0 }, { x: 1, y: 1 }],
            borderColor: now.muted,
            borderDash: [2, 3],
            borderWidth: 1.5,
            pointRadius: 0,
          },
          {
            label: 'share of the rows',
            yAxisID: 'rows',
            data:
              bins.flatMap(({ count }, i) => [{ x: i / 10, y: count / total }, { x: (i + 1) / 10, y: count / total }]),
            borderColor: now.series[colour],
            backgroundColor: `${now.series[colour]}55`,
            fill: 'origin',
            borderWidth: 1.5,
            ...plain,
          },
        ],
        {
          x: {...nice(0, 1.02), title: 'confidence' },
          y: {...nice(0, 1.05), stack: 'both', stackWeight: 3, title: 'accuracy' },
          more: { rows: axis_beneath(1.1, { title: { display: true, text: 'rows' } }) },
        },
      ),
    ),
  ];
}
