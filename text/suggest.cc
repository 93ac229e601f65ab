#include "text/suggest.h"
#include <algorithm>
#include <vector>
#include <fmt/format.h>

namespace lossact::cli {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // before, last and row are the distances of three neighbouring prefixes of a to every prefix of b.
  std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = last;
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string nearest(std::string_view text, std::span<const std::string> names) {
  // Half a name is nearer to it than a short name that has nothing in common.
  const auto distance = [&](const std::string& name) {
    return text.size() >= 3 && name.starts_with(text) ? 1 : edit_distance(text, name);
  };
  const auto best = std::ranges::min_element(names, {}, distance);
  return best == names.end() ? std::string() : *best;
}

std::string unknown(std::string_view what, std::string_view text, std::span<const std::string> names) {
  const std::string meant = nearest(text, names);
  if (meant.empty()) return fmt::format("unknown {} '{}'", what, text);
  return fmt::format("unknown {} '{}'; did you mean '{}'?", what, text, meant);
}

}  // namespace lossact::cli
