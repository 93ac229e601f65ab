"""The tables of docs/performance.md: what versus.py measured, and the goals of docs/performance-goals.json."""

import json
import pathlib

GOALS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance-goals.json"


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


def goals_table(rows, calls):
    """The goals with what was measured, and below them why those that are not met are not."""
    lines, reasons = ["| goal | measured | |", "|---|---|---|"], []
    for goal in json.loads(GOALS.read_text()):
        found = judged(goal, rows, calls)
        if not found:
            raise SystemExit(f"nothing was measured for the goal '{goal['goal']}'")
        figures = ", ".join(f"{name} {number(value)}{unit}" + " (not met)" * (not met)
                            for name, value, met, unit in found)
        is_met = all(met for *_, met, _ in found)
        lines.append(f"| {goal['goal']} | {figures} | {'met' if is_met else '**not met**'} |")
        if not is_met and "reason" in goal:
            reasons.append(f"- {goal['goal']}: {goal['reason']}")
    return lines + ["", "What stands in the way:", "", *reasons] if reasons else lines
