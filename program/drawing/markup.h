// Text for HTML, SVG and MathML.
#ifndef LOSSACT_PROGRAM_DRAWING_MARKUP_H_
#define LOSSACT_PROGRAM_DRAWING_MARKUP_H_
#include <string>
#include <string_view>

namespace lossact::cli {

/// The text with &, <, > and " as markup has them.
std::string escaped(std::string_view text);

}  // namespace lossact::cli
#endif
