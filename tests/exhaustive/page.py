"""Writes docs/accuracy.md of what the exhaustive sweep printed: page.py RESULTS PAGE."""

import json
import pathlib
import sys

LANES = ("faithful", "fast", "torch")
PROMISE = {"faithful": 1, "fast": 4}


def number(ulps):
    if ulps is None:
        return "not a number"
    if ulps == 0:
        return "0"
    return f"{ulps:.4f}" if ulps < 10 else f"{ulps:.0f}" if ulps < 1e4 else f"{ulps:.1e}".replace("e+0", "e")


def cell(judged, lane):
    if judged is None:
        return "-"
    text = number(judged["ulps"])
    if judged["ulps"] != 0:
        text += f" at {judged['at']}"
    if lane in PROMISE and not judged["kept"]:
        text = f"**{text}**"
    special = judged.get("special")
    if special and (special["ulps"] is None or special["ulps"] > 1):
        kind = "NaN is lost" if special["at"] == "nan" else f"wrong at {special['at']}"
        text += f"; {kind}"
    return text


def table(heading, rows):
    yield "| " + " | ".join(heading) + " |"
    yield "|" + "---|" * len(heading)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def main():
    results, page = map(pathlib.Path, sys.argv[1:])
    first, *lines = map(json.loads, results.read_text().splitlines())
    functions = {}
    for line in lines:
        functions.setdefault(line["function"], {})[line["lane"]] = line
    inputs = max(line["inputs"] for line in lines if "inputs" in line)
    versions = {line["version"] for line in lines if "version" in line}
    torch = f"PyTorch {versions.pop()}" if versions else "PyTorch (not installed)"
    which = "all 2^32 floats" if first["stride"] == 1 else f"one in {first['stride']} of the 2^32 floats"
    others = " and ".join(target for target in first["targets"] if target != first["target"])
    floats = "every float" if first["stride"] == 1 else "every float in so many"

    def figures(what):
        for name, lanes in functions.items():
            if any(what in line for line in lanes.values()):
                yield [f"`{name}`"] + [cell(lanes.get(lane, {}).get(what), lane) for lane in LANES]

    def near_zero():
        for name, lanes in functions.items():
            for zero in lanes["reading in double"].get("zeros_of_slope", []):
                for lane, size in (("faithful", "1/64"), ("fast", "1/2")):
                    near = lanes[lane]["slope"].get("near_zero")
                    said = f"off by up to {near['error']:.1e} absolutely, at {near['at']}" if near else "none"
                    yield [f"`{name}`", f"{zero:.9g}", lane, size, said]

    def readings():
        for name, lanes in functions.items():
            reading = lanes["reading in double"]
            yield [f"`{name}`", str(reading["points"])] + [
                f"{reading[what]['ulps']:.1e} at {reading[what]['at']}" if reading[what]["ulps"] else "0"
                for what in ("value", "slope")
            ]

    text = [
        "# Accuracy",
        "",
        "How far each activation is at worst from the exact result, in units in the last place of a float, and at which",
        f"input. Written by `make exhaustive`, which computes {floats}; what is above its promise is bold.",
        "",
        "| | |",
        "|---|---|",
        f"| inputs | {which}: {inputs} for each function, lane and column |",
        f"| promise | faithful {PROMISE['faithful']}, fast {PROMISE['fast']}; NaN gives NaN, infinities the limit |",
        f"| processor | {first['processor']} |",
        f"| kernels | {first['target']}; those of {others} have the same bits (`tests/library/targets_test.cc`) |",
        f"| beside them | {torch}, the function of the same name, its derivative by autograd |",
        "| options | the defaults; a learned weight is what training starts with |",
        "",
        "## Value",
        "",
        *table(("function", "faithful", "fast", "PyTorch"), figures("value")),
        "",
        "## Derivative, from the input",
        "",
        *table(("function", "faithful", "fast", "PyTorch"), figures("slope")),
        "",
        "Around a derivative's own zero a relative error has no meaning in the limit. There the promise is the larger of",
        "the above and 2^-40 = 9.1e-13 absolutely (fast: 2^-22 = 2.4e-7); PyTorch's figure is that beyond 2^-40. Of what",
        "lies beyond the units:",
        "",
        *table(("function", "zero of the derivative", "lane", "within", "beyond the units"), near_zero()),
        "",
        "## Derivative, from the output",
        "",
        "As a function of the output given, over all floats of the range.",
        "",
        *table(("function", "faithful", "fast"), (row[:3] for row in figures("slope_from_output"))),
        "",
        "## Losses of pairs",
        "",
        "Losses are doubles, and are computed with a double's digits from every element type. Each is within 1 unit in the last",
        "place of a float of the exact loss (of doubles within 4 of a double's), or within 2^-50 of the sum of the sizes of its",
        "terms, whichever is more. The second counts where terms cancel: `kl_div` is y log y - y x. Beside its zero, x = log y,",
        "less may be left of the two terms than rounding log y took from them. A difference of input and target, as in",
        "`mse_loss`, loses nothing by this. `tests/library/accuracy/oracle.py` compares losses, beside the zeros too, with the",
        "formula read with precision raised until the answer stands.",
        "",
        "## What is exact",
        "",
        "The definition of `functions/activation/` read in double, with the C library's exponentials. That reading is",
        "itself held against MPFR's of the textbook formula and its derivative, with precision raised until the answer",
        "stands: at random points of every size, at thresholds and kinks, and at their neighbours. Worst, in units of a",
        "float's last place:",
        "",
        *table(("function", "points", "value", "derivative"), readings()),
        "",
    ]
    page.write_text("\n".join(text))


if __name__ == "__main__":
    main()
