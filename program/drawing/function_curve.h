// The curve of a function of the registry.
#ifndef LOSSACT_PROGRAM_DRAWING_FUNCTION_CURVE_H_
#define LOSSACT_PROGRAM_DRAWING_FUNCTION_CURVE_H_
#include <string>
#include <vector>
#include "program/drawing/curve.h"
#include "lossact/function.h"

namespace lossact::cli {

struct FunctionCurve {
  Curve curve;
  Facts facts;  // with these parameters
};
/// The function with parameters as --set has them, over its differentiated argument, in an interval in which it shows
/// what it does; where it takes rows, over the first element of a row of two. Its other arguments stay as they are.
/// Throws UsageError for an unknown parameter and for an illegal value.
FunctionCurve function_curve(const Function& function, const std::vector<std::string>& set_options = {});

}  // namespace lossact::cli
#endif
