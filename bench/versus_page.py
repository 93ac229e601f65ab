"""The parts of docs/performance.md: how it was measured, what versus.py measured, and the goals of
docs/performance-goals.json."""

import json
import pathlib
import textwrap

GOALS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance-goals.json"


METHOD = """Nanoseconds for one float: medians of calls of Lossact, of PyTorch and of a copy in turns, on the same arrays,
with the same number of threads. "Times faster" and "copies" are medians of the ratios within a round. A copy moves the
bytes that the call must read and write. The last column says what was called of PyTorch: `.out` and `.grad_input` write
into an array that they are given; all others allocate, from memory that the process keeps. What a call from Python
costs is not counted: Lossact is timed in C++, and from PyTorch's time that of the same call on one element (one row of
two) is taken. A backward pass of PyTorch that takes the output stands beside both of Lossact's."""


def wrapped(text, first="", rest=""):
    """Lines of at most 120 columns, as those of every Markdown file."""
    return textwrap.wrap(text, 120, initial_indent=first, subsequent_indent=rest, break_long_words=False,
                         break_on_hyphens=False)


def introduction(circumstances):
    """What stands above the tables; the circumstances are one sentence."""
    how = ("Written by `bench/versus.py build/bench/bench/versus.so docs/performance.md`. The first lines of versus.py say "
           "how to build what it needs.")
    return ["# Performance", "", *wrapped(circumstances), "", *wrapped(how), "", *wrapped(METHOD)]


def shape_text(row):
    return f"{row['classes']} elements" if row["rows"] == 1 else f"{row['rows']} x {row['classes']}"


def number(value, digits=2):
    return "" if value is None else f"{value:.{digits if value < 100 else 0}f}"


def table(rows):
    lines = ["| function | pass | faithful | fast | PyTorch | times faster: faithful | fast | copies: faithful | fast | "
             "PyTorch's |", "|---|---|--:|--:|--:|--:|--:|--:|--:|---|"]
    for row in rows:
        cells = [row["function"], row["pass"]] + [number(row.get(k)) for k in ("faithful", "fast", "torch")]
        cells += [number(row.get(k)) for k in ("faithful times", "fast times", "faithful copies", "fast copies")]
        lines.append("| " + " | ".join(cells + [row["called"] and f"`{row['called']}`"]) + " |")
    return lines


def judged(goal, rows, calls):
    """What was measured of each function that the goal speaks of, and whether it is as wished."""
    if "at_most_nanoseconds" in goal:
        return [(name, value, value <= goal["at_most_nanoseconds"], " ns") for name, value in calls.items()]
    threads = max(row["threads"] for row in rows)
    found = []
    for row in rows:
        if (row["pass"] != goal["pass"] or goal["shape"] != [row["rows"], row["classes"]]
                or row["threads"] != (threads if goal["threads"] == "all" else 1)
                or row["function"] not in goal.get("functions", [row["function"]])):
            continue
        if "at_least_times" in goal and "torch" in row:
            value = row[goal["accuracy"] + " times"]
            found.append((row["function"], value, value >= goal["at_least_times"], ""))
        if "at_most_fast_forwards" in goal:
            forward = next(r for r in rows if r["pass"] == "forward" and all(
                r[k] == row[k] for k in ("function", "rows", "classes", "threads")))
            value = row[goal["accuracy"]] / forward["fast"]
            found.append((row["function"], value, value <= goal["at_most_fast_forwards"], ""))
        if "at_most_copies" in goal:
            value = row[goal["accuracy"] + " copies"]
            found.append((row["function"], value, value <= goal["at_most_copies"], ""))
    return found


def goals_list(rows, calls):
    """The goals with what was measured, and for those that are not met why not."""
    lines = []
    for goal in json.loads(GOALS.read_text()):
        found = judged(goal, rows, calls)
        if not found:
            raise SystemExit(f"nothing was measured for the goal '{goal['goal']}'")
        lines += said_of(goal, [(f"{name} {number(value)}{unit}", met) for name, value, met, unit in found])
    return lines


def said_of(goal, figures):
    """A goal's item of the list, of its figures and whether each is as wished."""
    is_met = all(met for _, met in figures)
    measured = ", ".join(figure + " (not met)" * (not met) for figure, met in figures)
    text = f"{'Met' if is_met else '**Not met**'}: {goal['goal']}. Measured: {measured}."
    if not is_met and "reason" in goal:
        text += f" What stands in the way: {goal['reason']}"
    return wrapped(text, "- ", "  ")
