// Which activation and which loss, and whether that is more than chance.
function verdict(section) {
  section.append(...comparison.verdict.map((sentence) => answer(sentence)));
  if (comparison.warnings.length)
    section.append(paragraph(
      element('a', { href: '#warnings' }, `${counted(comparison.warnings.length, 'thing')} to know`),
      ' before this is believed.'
    ));
  if (best) {
    const range = robust_range(
      results.flatMap((row) => [mean_of(row), ...(interval_of(row) ?? [])]),
      [0, classification ? 1 : Infinity]
    );
    const apart =
      robust_range(results.flatMap((row) => [row.difference_to_baseline, ...(row.difference_interval ?? [])]));
    for (const { name: loss } of losses) section.append(...scores_of(loss, range, apart));
    section.append(remark(how_to_read()));
  }
  section.append(score_table());
}

function scores_of(loss, range, apart) {
  const rows = rows_of(loss).map((row) => ({
    name: row.activation,
    place: settings.activations.indexOf(row.activation),
    state: state_of(row),
    strong: row.outcome === 'better' || row.outcome === 'worse',
    row,
  }));
  const means =
    rows.map((item) => ({...item, mean: mean_of(item.row), interval: interval_of(item.row), strong: true }));
  const differences =
    rows.map((item) => ({...item, mean: item.row.difference_to_baseline, interval: item.row.difference_interval }));
  const { baseline } = settings, told = `with ${loss}, with 95 % intervals; the table below has the numbers`;
  return [
    heading(losses.length > 1 ? `Trained with ${loss}` : 'Every activation'),
    element(
      'div',
      { class: 'pair' },
      dot_chart(
        `Test ${score} of each activation ${told}`,
        `test ${score}`,
        means,
        range,
        in_score,
        comparison.guessing[`test_${score}_mean`]
      ),
      dot_chart(
        `Difference of each activation to ${baseline} ${told}`,
        `difference to ${baseline}`,
        differences,
        apart,
        in_difference,
        0
      ),
    ),
  ];
}

function how_to_read() {
  const direction = classification ? 'Further right is better.'
                                   : 'Further left is better: the score is an error, in the units of the target.';
  const guess = comparison.guessing[`test_${score}_mean`], guessed = classification ? 'most frequent class' : 'mean';
  const guessing = is_number(guess)
    ? ` Always guessing the training part’s ${guessed} has a test ${score} of ${in_score(guess)}: the dashed line ` +
      'on the left, where it is in the picture.'
    : '';
  if (settings.seeds === 1)
    return `${direction}${guessing} One seed has no interval: a second would say how much of a difference is chance.`;
  return (
    `${direction}${guessing} Bars are 95 % intervals over ${settings.seeds} seeds by Student’s t, cut ` +
    `${classification ? 'to the accuracies that there are, 0 to 1' : 'at 0, below which there is no error'}. On the ` +
    `right, differences to ${settings.baseline} with the same loss, paired by seed: a filled dot with a thick bar is ` +
    `more than chance explains, after Holm’s correction for ${counted(comparison.comparisons, 'comparison')}; a ` +
    'hollow dot is open. What lies beyond the scale is written at its edge.'
  );
}

function score_table() {
  const head = [
    'activation',
    'loss',
    `test ${score}`,
    '95 % interval',
    `difference to ${settings.baseline}`,
    '95 % interval',
    'p, corrected',
    'more than chance?',
  ];
  const rows = results.map((row) => {
    const plain = row.outcome !== 'baseline';
    return [
      row.activation,
      row.loss,
      in_units(mean_of(row)),
      interval_in(interval_of(row), in_units),
      plain ? difference_in_units(row.difference_to_baseline) : '–',
      plain ? interval_in(row.difference_interval, difference_in_units) : '–',
      probability(row.p_value_holm),
      {
        text: [outcomes[row.outcome], state_of(row)].filter((text) => text).join('; '),
        class: `words ${row.outcome}`,
      },
    ];
  });
  return table(`Every activation with every loss, best first${unit_in_words}`, head, rows, 2);
}
