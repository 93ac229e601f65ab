#include "cli/npy.h"
#include <gtest/gtest.h>
#include "lossact/error.h"

namespace lossact::cli {
namespace {

/// A file of version 1 with this header, padded as NumPy does, and this many bytes of zeros.
std::string file(std::string header, std::size_t bytes, char version = 1) {
  while ((10 + header.size() + 1) % 64) header.push_back(' ');
  header.push_back('\n');
  std::string result("\x93NUMPY", 6);
  result += {version, 0, static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  if (version > 1) result += std::string(2, '\0');
  return result + header + std::string(bytes, '\0');
}
std::string refusal(const std::string& bytes) {
  try {
    read_npy(bytes, "a.npy");
  } catch (const format_error& e) {
    return e.what();
  }
  return "";
}
std::string header(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

TEST(Npy, ReadsWhatItWrites) {
  for (const std::vector<std::size_t>& shape : {std::vector<std::size_t>{}, {6}, {2, 3}, {1, 2, 3}, {0, 4}}) {
    std::size_t count = 1;
    for (const std::size_t size : shape) count *= size;
    std::vector<double> values(count, 1.5);
    const Npy array =
        read_npy(write_npy({.shape = shape, .fortran_order = shape.size() == 2, .values = values}), "a.npy");
    EXPECT_EQ(array.shape, shape);
    EXPECT_EQ(array.fortran_order, shape.size() == 2);
    EXPECT_EQ(std::get<1>(array.values), values);
  }
  const std::vector<float> floats = {1, -0.5f, 3};
  const std::string bytes = write_npy({.shape = {3}, .fortran_order = false, .values = floats});
  EXPECT_EQ(bytes.size(), 128u + 12u);
  EXPECT_EQ(std::get<0>(read_npy(bytes, "a.npy").values), floats);
}

TEST(Npy, ReadsWhatOthersWrite) {
  EXPECT_EQ(read_npy(file("{\"shape\": (2,3), \"descr\":\"<f8\",\"fortran_order\":True}", 48), "a.npy").shape.size(),
            2u);
  EXPECT_EQ(read_npy(file(header("<f4", "(3,)"), 12, 2), "a.npy").shape[0], 3u);
  EXPECT_EQ(read_npy(file(header("<f4", "(3,)"), 12, 3), "a.npy").shape[0], 3u);
}

TEST(Npy, Refusals) {
  EXPECT_EQ(refusal(""), "a.npy: this is not a .npy file");
  EXPECT_EQ(refusal("PK\3\4 something else"), "a.npy: this is not a .npy file");
  EXPECT_EQ(refusal(std::string("\x93NUMPY\1\0", 8)), "a.npy: the file ends within its header");
  EXPECT_EQ(refusal(file(header("<f8", "(3,)"), 24).substr(0, 60)), "a.npy: the file ends within its header");
  EXPECT_EQ(refusal(file(header("<f8", "(3,)"), 24, 4)), "a.npy: version 4.0 of the format is not known");
  EXPECT_EQ(refusal(std::string("\x93NUMPY\2\0\xFF\xFF\xFF\xFF", 12)),
            "a.npy: a header of 4294967295 bytes is too long");
  EXPECT_EQ(refusal(file(header("<f8", "(3,)"), 23)), "a.npy: its shape needs 24 bytes, 23 are there");
  EXPECT_EQ(refusal(file(header("<f8", "(3,)"), 25)), "a.npy: its shape needs 24 bytes, 25 are there");
  EXPECT_EQ(refusal(file(header("<f8", "(4194305, 4194305, 211106198978564)"), 8)), "a.npy: its shape is too large");
  EXPECT_EQ(refusal(file(header("<f8", "(2305843009213693952,)"), 8)), "a.npy: its shape is too large");
  for (const char* type : {">f8", "<i8", "|O", "<f2", "|b1"})
    EXPECT_EQ(refusal(file(header(type, "(1,)"), 8)), std::string("a.npy: its elements are of type '") + type +
                                                          "', expected float32 ('<f4') or float64 ('<f8')");
  const std::string wrong = "a.npy: the header is not that of a .npy file";
  for (const char* text : {
           "",
           "{}",
           "[]",
           "{'descr': '<f8'}",
           "{'descr': '<f8', 'fortran_order': False, 'shape': (3)}",
           "{'descr': '<f8', 'fortran_order': 0, 'shape': (3,)}",
           "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}",
           "{'descr': '<f8', 'fortran_order': False, 'shape': (3 3)}",
           "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (3,)}",
           "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)} x",
           "{'descr': '<f8', 'fortran_order': False, 'shape': (3,",
           "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
           "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3,)}",
           "{'other': '<f8'}",
       })
    EXPECT_EQ(refusal(file(text, 24)), wrong) << text;
}

// Whatever the bytes, the reader answers or refuses; the sanitizers watch.
TEST(Npy, SurvivesAnyBytes) {
  const std::string good = file(header("<f8", "(3,)"), 24);
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const int change : {1, 7, 128, 255}) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(bytes[i] ^ change);
      refusal(bytes);
      refusal(good.substr(0, i));
    }
}

}  // namespace
}  // namespace lossact::cli
