// lossact compare on small tables, as a user runs it.
#ifndef LOSSACT_TESTS_PROGRAM_COMPARING_H_
#define LOSSACT_TESTS_PROGRAM_COMPARING_H_
#include <string>
#include <vector>

namespace lossact::cli {

/// Two classes that a line parts, with text labels and a column that says nothing.
inline std::string flowers(int rows = 60) {
  std::string text = "length,width,always,kind\n";
  for (int i = 0; i < rows; ++i) {
    const double length = (i * 37 % 100) / 10.0, width = (i * 61 % 100) / 10.0;
    text +=
        std::to_string(length) + "," + std::to_string(width) + ",1," + (length + width > 10 ? "rose" : "tulip") + "\n";
  }
  return text;
}
inline const std::vector<std::string> quick = {"--hidden", "8", "--epochs", "3", "--seeds", "2"};

inline std::vector<std::string> compare(const std::string& data, std::vector<std::string> options) {
  options.insert(options.begin(), {"compare", data});
  return options;
}
inline std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace lossact::cli
#endif
