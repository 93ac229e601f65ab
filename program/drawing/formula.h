// Formulas: expressions of Python, as About::formula is one, read into a tree.
#ifndef LOSSACT_PROGRAM_DRAWING_FORMULA_H_
#define LOSSACT_PROGRAM_DRAWING_FORMULA_H_
#include <string>
#include <string_view>
#include <vector>

namespace lossact::cli {

struct Formula {
  enum class Kind {
    number,
    name,
    string,
    call,
    index,
    negated,
    sum,
    difference,
    product,
    quotient,
    power,
    comparison,
    conjunction,
    disjunction,
    negation,
    conditional
  };

  Kind kind;
  std::string text = {};            // the number, name or string, what is called, how is compared: "< <= "
  std::vector<Formula> parts = {};  // of a conditional: value, condition, alternative
};

/// Reads numbers, names, strings, + - * / **, comparisons, and, or, not, conditionals, calls and indices. Throws
/// format_error, with the column, for all else.
Formula read_formula(std::string_view text);

/// The same formula with its conditionals outside of all else, as cases are written: a (b if c else d) becomes
/// a b if c else a d. What a sum runs over stays in it, for there each element has a case of its own.
Formula lifted(Formula formula);

}  // namespace lossact::cli
#endif
