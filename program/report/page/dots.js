// Numbers with their intervals, a row each, as dots on one scale.

// The range that shows most of the numbers well. What is far from all others is left outside, and shown at the edge; no
// tick stands at what is not possible.
function robust_range(numbers, possible = [-Infinity, Infinity]) {
  const known = numbers.filter(is_number).sort((a, b) => a - b);
  if (!known.length) return { min: 0, max: 1, possible };
  const at = (part) => known[Math.round(part * (known.length - 1))];
  const reach = 2 * (at(0.75) - at(0.25)) || Math.abs(at(0.5)) * 0.01 || 1;
  const inside = known.filter((x) => x >= at(0.25) - reach && x <= at(0.75) + reach);
  const low = inside[0], high = inside[inside.length - 1], margin = (high - low) * 0.06 || reach;
  return { min: low - margin, max: high + margin, possible };
}

// Rows are { name, place, mean, interval, strong }: a strong one has a filled dot and a thick bar. `line_at` is where a
// line stands across all rows.
function dot_chart(label, title, rows, range, write, line_at = null) {
  const inside = (x) => x >= range.min && x <= range.max;
  const whiskers = {
    id: 'whiskers',
    beforeDatasetsDraw({ ctx, chartArea, scales: { x, y } }, _, { now }) {
      ctx.save();
      if (is_number(line_at) && inside(line_at)) {
        ctx.strokeStyle = now.muted, ctx.setLineDash([4, 3]), ctx.beginPath();
        ctx.moveTo(x.getPixelForValue(line_at), chartArea.top),
          ctx.lineTo(x.getPixelForValue(line_at), chartArea.bottom);
        ctx.stroke(), ctx.setLineDash([]);
      }
      ctx.font = `12px ${Chart.defaults.font.family}`, ctx.textBaseline = 'middle';
      rows.forEach((row, i) => {
        const height = y.getPixelForValue(i);
        ctx.fillStyle = now.ink, ctx.strokeStyle = now.series[mark(row.place).colour],
        ctx.lineWidth = row.strong ? 3 : 1.25;
        if (!is_number(row.mean)) {
          ctx.textAlign = 'left', ctx.fillText(row.state || 'no number', chartArea.left + 6, height);
        } else if (!inside(row.mean)) {
          const left = row.mean < range.min;
          ctx.textAlign = left ? 'left' : 'right';
          ctx.fillText(
            left ? `◂ ${write(row.mean)}` : `${write(row.mean)} ▸`,
            left ? chartArea.left + 6 : chartArea.right - 6,
            height
          );
        } else if (row.interval) {
          const [low, high] =
            row.interval.map((end) => x.getPixelForValue(Math.min(range.max, Math.max(range.min, end))));
          ctx.beginPath(), ctx.moveTo(low, height), ctx.lineTo(high, height);
          row.interval.forEach((end, side) => {
            const at = side ? high : low;
            if (inside(end)) ctx.moveTo(at, height - 4), ctx.lineTo(at, height + 4);
          });
          ctx.stroke();
        }
      });
      ctx.restore();
    },
  };
  return chart(label, 26 * rows.length + 56, (now) => {
    const colour = (row) => now.series[mark(row.place).colour];
    return {
      type: 'scatter',
      data: {
        datasets: [
          {
            data: rows.map((row, i) => ({ x: is_number(row.mean) && inside(row.mean) ? row.mean : NaN, y: i })),
            pointRadius: 5,
            pointBorderWidth: 2,
            pointBorderColor: rows.map(colour),
            pointBackgroundColor: rows.map((row) => (row.strong ? colour(row) : now.paper)),
          },
        ],
      },
      options: {
        scales: {
          x: {...nice(range.min, range.max, 4, range.possible), title: { display: true, text: title } },
          y: {
            type: 'linear',
            min: -0.6,
            max: rows.length - 0.4,
            reverse: true,
            grid: { display: false },
            afterBuildTicks: (axis) => (axis.ticks = rows.map((_, value) => ({ value }))),
            ticks: { autoSkip: false, color: now.ink, callback: (value) => rows[value]?.name },
          },
        },
        plugins: {
          legend: { display: false },
          whiskers: { now },
          tooltip: {
            callbacks: {
              label: ({ dataIndex: i }) =>
                `${rows[i].name}: ${write(rows[i].mean)} ${interval_in(rows[i].interval, write)}`,
            },
          },
        },
      },
      plugins: [whiskers],
    };
  });
}
