#include "text/problems.h"
#include <algorithm>
#include <fmt/format.h>
#include "text/number.h"

namespace lossact::cli {

std::string problems_text(const std::string& file, const std::vector<std::string>& problems) {
  if (problems.size() == 1) return problems[0];
  constexpr std::size_t most = 20;
  std::string text = fmt::format("{}: {}", file, counted(problems.size(), "problem"));
  for (std::size_t i = 0; i < std::min(most, problems.size()); ++i) text += "\n  " + problems[i];
  if (problems.size() > most) text += fmt::format("\n  and {} more", problems.size() - most);
  return text;
}

}  // namespace lossact::cli
