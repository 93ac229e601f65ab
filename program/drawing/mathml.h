// Formulas as mathematicians write them.
#ifndef LOSSACT_PROGRAM_DRAWING_MATHML_H_
#define LOSSACT_PROGRAM_DRAWING_MATHML_H_
#include <string>
#include <string_view>
#include <vector>

namespace lossact::cli {

/// An expression of Python, as About::formula is one, as one element of MathML: quotients as fractions, powers raised,
/// exp(x) as a power of e where its argument is low enough, |x| for abs, a sum over i of elements x_i, a conditional as
/// cases. The names of parameters are roman, Greek names are letters.
/// Throws format_error, with the column, for all that is no expression of numbers, names, strings, + - * / **,
/// comparisons, and, or, not, conditionals, calls and indices.
std::string mathml(std::string_view expression, const std::vector<std::string_view>& parameters = {});
/// The same as the definition of a call, "f(x, y)" or "f(x)[c]": two elements <math>, between which a line may break.
std::string mathml_definition(std::string_view call, std::string_view expression,
                              const std::vector<std::string_view>& parameters = {});

}  // namespace lossact::cli
#endif
