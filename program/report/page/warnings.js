// What went wrong or should be known, in words.
function warnings(section) {
  const troubled = results.filter((row) => state_of(row));
  if (comparison.warnings.length)
    section.append(
      element('ul', { class: 'warnings' }, comparison.warnings.map((sentence) => element('li', {}, sentence)))
    );
  else
    section.append(answer(
      troubled.length ? 'Not every training has a score.'
                      : 'Every training ran to its end, and nothing about the data stood out.'
    ));
  if (comparison.interrupted)
    section.append(
      paragraph('The run was stopped before its end; what had not finished by then is not in the figures.'),
    );
  if (troubled.length)
    section.append(
      table(
        'Trainings without a score',
        ['activation', 'loss', 'with a score', 'diverged', 'not finished', 'diverged seeds, and in which epoch'],
        troubled.map((row) => {
          const diverged =
            row.seeds.filter((seed) => seed.diverged).map((seed) => `seed ${seed.seed} in epoch ${seed.epochs.length}`);
          return [
            row.activation,
            row.loss,
            String(row.seeds.length - row.seeds_diverged),
            String(row.seeds_diverged),
            String(unfinished(row)),
            { text: diverged.join(', ') || '–', class: 'words' },
          ];
        }),
        2,
      ),
    );
}
