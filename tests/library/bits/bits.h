// What bits_test.cc is made of: a hash of results, and the file of hashes.
#ifndef LOSSACT_TESTS_LIBRARY_BITS_BITS_H_
#define LOSSACT_TESTS_LIBRARY_BITS_BITS_H_
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include "tests/library/all_functions.h"

namespace lossact::testing {

/// A 64-bit hash of everything it is given, in that order. FNV-1a's multiplication carries no bit downwards, so that
/// the signs of two doubles would cancel: the shift brings the upper half down.
class Hash {
 public:
  template <class T>
  void add(const std::vector<T>& values) {
    mix(values.size());
    for (const T value : values) mix(bits(value));
    filled_ = true;
  }
  void add(double value) { mix(bits(value)), filled_ = true; }
  /// Adds that a call threw, which is a result too. A pass of which every call throws is not one of the function.
  void refuse() { mix(0x7265667573656421); }
  bool filled() const { return filled_; }
  std::uint64_t value() const { return hash_; }

 private:
  void mix(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x100000001B3;
    hash_ = (hash_ ^ (hash_ >> 32)) * 0x9E3779B97F4A7C15;
  }
  std::uint64_t hash_ = 0xCBF29CE484222325;
  bool filled_ = false;
};

/// The columns of the file, one for each element type and accuracy.
inline constexpr std::array<const char*, 8> kColumns = {"float/faithful",   "float/fast",        "double/faithful",
                                                        "double/fast",      "bfloat16/faithful", "bfloat16/fast",
                                                        "float16/faithful", "float16/fast"};
static_assert(kColumns.size() == 2 * std::tuple_size_v<ElementTypes>);

/// The hashes of a function, by pass; a column without one has nothing to hash.
using Hashes = std::map<std::string, std::array<std::optional<std::uint64_t>, kColumns.size()>>;

/// Hashes of one column being made. With LOSSACT_TRACE_BITS set each call is printed with the hash after it: the first
/// line in which two builds differ is the call to look at.
class Recorder {
 public:
  Recorder(std::string function, std::size_t column) : function_(std::move(function)), column_(column) {}
  /// What the following calls are made with.
  void at(std::size_t option, const char* what, std::size_t n) { option_ = option, what_ = what, n_ = n; }
  /// Adds the results of a call, which are read after it was made.
  template <class Call, class... Results>
  void add(const char* pass, const Call& call, const Results&... results) {
    Hash& hash = hashes_[pass];
    try {
      call();
      (hash.add(results), ...);
    } catch (const error&) {
      hash.refuse();
    }
    if (static const bool traced = std::getenv("LOSSACT_TRACE_BITS"); traced)
      std::printf("%s %s %s option %zu, %s, %zu: %016llx\n", function_.c_str(), pass, kColumns[column_], option_, what_,
                  n_, static_cast<unsigned long long>(hash.value()));
  }
  void move_into(Hashes& all) const {
    for (const auto& [pass, hash] : hashes_)
      if (hash.filled()) all[pass][column_] = hash.value();
  }

 private:
  std::string function_;
  std::size_t column_, option_ = 0, n_ = 0;
  const char* what_ = "";
  std::map<std::string, Hash> hashes_;
};

inline std::string shown_hash(std::optional<std::uint64_t> hash) {
  if (!hash) return "-";
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(*hash));
  return text;
}

/// bits.txt: the hashes of every function.
class BitsFile {
 public:
  static bool rewritten() { return std::getenv("LOSSACT_WRITE_BITS") != nullptr; }

  BitsFile() {
    std::ifstream in(LOSSACT_BITS_FILE);
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::string function, pass, hash;
      if (line.starts_with('#') || !(words >> function >> pass)) continue;
      auto& columns = functions[function][pass];
      for (std::size_t c = 0; c < columns.size() && words >> hash; ++c)
        if (hash != "-") columns[c] = std::stoull(hash, nullptr, 16);
    }
  }
  void write() const {
    const std::filesystem::path part = LOSSACT_BITS_FILE ".part";
    {
      std::ofstream out(part);
      out << "# A hash of the bits of all results of bits_test.cc: the same on every machine, and from one change to "
             "the\n"
             "# next unless that says so. LOSSACT_WRITE_BITS=1 library_test --gtest_filter='Bits.*' writes this "
             "file.\n";
      const auto line = [&](const std::string& function, const std::string& pass, auto column) {
        std::string text = function;
        text.resize(std::max<std::size_t>(text.size(), 27), ' '), text += ' ' + pass;
        text.resize(std::max<std::size_t>(text.size(), 48), ' ');
        for (std::size_t c = 0; c < kColumns.size(); ++c) {
          const std::size_t size = text.size() + 18;
          text += ' ' + column(c), text.resize(std::max(text.size(), size), ' ');
        }
        out << text.substr(0, text.find_last_not_of(' ') + 1) << '\n';
      };
      line("# function", "pass", [](std::size_t c) { return std::string(kColumns[c]); });
      for (const auto& [function, passes] : functions)
        for (const auto& [pass, hashes] : passes)
          line(function, pass, [&all = hashes](std::size_t c) { return shown_hash(all[c]); });
    }
    std::filesystem::rename(part, LOSSACT_BITS_FILE);
  }

  std::map<std::string, Hashes> functions;
};

}  // namespace lossact::testing
#endif
