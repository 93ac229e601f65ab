// Which class is taken for which, summed over the seeds.
function confusion(section) {
  if (!classification) return section.remove();
  const rows = results.filter((row) => row.confusion?.flat().some((count) => count > 0));
  if (!rows.length) return section.append(paragraph('No training was finished, so there is nothing to count.'));
  const place_choice = (state, set) =>
    choice('Row of the table', rows.map((row, i) => [String(i), row_name(row)]), state.place, set('place'));
  section.append(changing({ place: '0' }, [place_choice], ({ place }) => confusion_of(rows[Number(place)])));
}

function confusion_of({ confusion: counts, ...row }) {
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const cells = counts.flatMap((line, t) => line.map((count, p) => ({ t, p, count, of: sum(line) })));
  const wrong = cells.filter(({ t, p, count }) => t !== p && count > 0);
  const worst = most(wrong, ({ count }) => count);
  const right = sum(counts.map((line, i) => line[i])), all = sum(counts.map(sum));
  const cell = (line, t) => (count, p) => ({
    text: String(count),
    class: t === p ? 'heat diagonal' : count ? 'heat' : 'heat none',
    style: `--share: ${fixed(t === p ? 18 : 60 * Math.sqrt(count / (worst?.count || 1)), 0)}%`,
  });
  const [from, to] = worst ? [data.classes[worst.t], data.classes[worst.p]] : [];
  return [
    answer(
      `${row_name(row)} is right in ${right} of ${counted(all, 'answer')}. ` +
        (worst ? `Most often ‘${from}’ is taken for ‘${to}’: ${worst.count} of ${worst.of}.`
               : 'No class is taken for another.'),
    ),
    table(
      `True class down, answer across: counts summed over ${counted(row.seeds_finished, 'seed')}. ` +
        'The stronger the colour, the more often wrong; right answers are framed',
      ['true class', ...data.classes, 'right'],
      counts.map((line, t) => [data.classes[t], ...line.map(cell(line, t)), percent(line[t] / sum(line))]),
    ),
  ];
}
