// Several things that are wrong with one file, as one message.
#ifndef LOSSACT_TEXT_PROBLEMS_H_
#define LOSSACT_TEXT_PROBLEMS_H_
#include <string>
#include <vector>

namespace lossact::cli {

/// The one problem; of several, how many the file has, and the first of them, a line each.
std::string problems_text(const std::string& file, const std::vector<std::string>& problems);

}  // namespace lossact::cli
#endif
