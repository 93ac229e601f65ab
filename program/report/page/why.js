// Without an activation a network is one linear map, however deep: along a straight line its output is straight.
function why(section) {
  const chosen = first_loss();
  const rows = settings.activations.map((name) => row_of(name, chosen)).filter((row) => row?.path?.length);
  const linear = rows.filter((row) => function_of(row.activation).linear);
  const bent = rows.filter((row) => !function_of(row.activation).linear);
  if (linear.length) {
    const worst = most(linear, (row) => row.linear_difference) ?? linear[0];
    section.append(
      answer(
        `With ${join(linear.map((row) => row.activation))} the ${counted(layers + 1, 'layer')} of this network ` +
          'are one linear map: multiplied together, their weights are a single matrix that gives the same output, ' +
          `but for ${number(worst.linear_difference, 2)} of the largest.`,
      ),
    );
    const reached = linear.filter((row) => is_number(mean_of(row)));
    if (best && reached.length)
      section.append(
        paragraph(
          `Such a network reaches a test ${score} of ${join(reached.map((row) => in_score(mean_of(row))))} with ` +
            `${chosen}; ${best_in_words()}.`,
        ),
      );
  } else {
    const none = activations.some((f) => f.linear)
      ? ''
      : ' No activation of this comparison is linear, so all of these networks can bend.';
    section.append(answer(`Without one, a network is one linear map, however many layers it has.${none}`));
  }
  if (!rows.length) return;
  const bend = most(bent, (row) => row.path_bend);
  section.append(
    paragraph(
      'The pictures follow one output along a straight line through the data, from ' +
        `${end_of('from')} to ${end_of('to')}. A linear map can only go straight, whatever it learns` +
        (bend ? `; with ${bend.activation} it bends most, by ${percent(bend.path_bend, 0)} of its range.` : '.'),
    ),
    panels(rows, path_panel),
    remark(
      `${capital(output_name())} of the network of the first seed, trained with ${chosen}; 0 and 1 are the two rows. ` +
        'Dashed is the straight line through its ends.',
    ),
    numbers(table(
      'The output along the line',
      ['place', ...rows.map((row) => row.activation)],
      comparison.path.at.map((at, i) => [number(at, 2), ...rows.map((row) => number(row.path[i]))])
    )),
  );
}

function best_in_words() {
  if (comparison.nothing_learnt) return 'no row has learnt anything';
  const needless = comparison.best_rows.some((i) => function_of(results[i].activation).linear);
  return needless ? 'no row reaches more: no activation is needed here'
                  : `the best row reaches ${in_score(mean_of(best))}`;
}

const end_of = (end) =>
  (classification ? `a row of the class ‘${comparison.path[end]}’`
                  : `a row whose ${data.target} is ${number(comparison.path[end])}`);
function output_name() {
  const { output } = comparison.path;
  if (!classification) return 'the output';
  return `the output for the class ‘${is_number(output) ? data.classes[output] : output}’`;
}

function path_panel(row) {
  const { at } = comparison.path, last = at.length - 1;
  const bend = percent(row.path_bend);
  const label = `Output along the line with ${row.activation}: it leaves the straight line by ${bend} of its range`;
  return [
    element('figcaption', {}, element('b', {}, row.activation), ` bend ${bend}`),
    chart(
      label,
      150,
      (now) => line_chart(
        [
          line(now, mark_of(row.activation), row.activation, pairs(at, row.path), {
            ...plain,
            borderDash: [],
            borderWidth: 2.5,
          }),
          {
            label: 'straight',
            data: [{ x: at[0], y: row.path[0] }, { x: at[last], y: row.path[last] }],
            borderColor: now.muted,
            borderWidth: 1.5,
            borderDash: [5, 4],
            pointRadius: 0,
          },
        ],
        { x: { min: at[0], max: at[last], ticks: { maxTicksLimit: 3 } }, y: { ticks: { maxTicksLimit: 4 } } },
      ),
    ),
  ];
}
