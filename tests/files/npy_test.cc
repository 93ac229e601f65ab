#include "files/npy.h"
#include <gtest/gtest.h>
#include <fmt/format.h>
#include "lossact/error.h"
#include "tests/files/packing.h"
#include "tests/folder.h"

namespace lossact::cli {
namespace {

/// A file with this header, padded as NumPy does, and this many bytes of zeros.
std::string file(std::string header, std::size_t bytes, char version = 1) {
  while ((10 + header.size() + 1) % 64) header.push_back(' ');
  header.push_back('\n');
  std::string result("\x93NUMPY", 6);
  result += {version, 0};
  return result + little_endian(header.size(), version > 1 ? 4 : 2) + header + std::string(bytes, '\0');
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

// What Python 2 wrote, and whatever space Python allows.
TEST(Npy, ReadsWhatPythonReads) {
  for (const char* text : {
           "{'descr': '<f8', 'fortran_order': False, 'shape': (40L, 4L), }",
           "{u'descr': u'<f8', u'fortran_order': False, u'shape': (40L, 4L)}",
           "{u\"descr\": u\"<f8\", 'fortran_order': False, 'shape': (40, 4L,), }",
           "{\t'descr'\n:\r\n'<f8',\f'fortran_order':False,'shape':(\n40\t,\n4\n)\n}",
           "  {'shape': ( 40 , 4 ) , 'fortran_order' : False , 'descr' : '<f8' }  ",
           "{'descr': '=f8', 'fortran_order': False, 'shape': (40, 4), }",
           "{'descr': 'f8', 'fortran_order': False, 'shape': (40, 4), }",
       })
    for (const char version : {'\1', '\2', '\3'})
      EXPECT_EQ(read_npy(file(text, 40 * 4 * 8, version), "a.npy").shape, (std::vector<std::size_t>{40, 4})) << text;
  EXPECT_EQ(read_npy(file(header("<f8", "(3L,)"), 24), "a.npy").shape, std::vector<std::size_t>{3});
  for (const char* text : {"(40l, 4)", "(40LL, 4)", "(4 0L, 4)", "(L, 4)", "(40 L, 4)"})
    EXPECT_EQ(refusal(file(header("<f8", text), 1280)), "a.npy: the header is not that of a .npy file") << text;
}

TEST(Npy, ReadsEitherOrderOfBytes) {
  const std::vector<double> values = {0, -1.5, 1e300};
  std::string bytes;
  for (const double value : values) {
    const std::string one = bytes_of(value);
    bytes.append(one.rbegin(), one.rend());
  }
  const Npy array = read_npy(npy_bytes(">f8", "(3,)", bytes), "a.npy");
  EXPECT_EQ(std::get<std::vector<double>>(array.values), values);
  EXPECT_EQ(write_npy(array), npy_bytes("<f8", "(3,)", bytes_of(values)));
  EXPECT_EQ(std::get<std::vector<std::int16_t>>(read_npy(npy_bytes(">i2", "(1,)", "\1\2"), "a.npy").values),
            std::vector<std::int16_t>{258});
  for (const char* one : {">u1", "<u1", "=u1", "u1"})
    EXPECT_EQ(std::get<std::vector<std::uint8_t>>(read_npy(npy_bytes(one, "(1,)", "\7"), "a.npy").values),
              std::vector<std::uint8_t>{7});
}

TEST(Npy, WhatIsNoArrayOfNumbersIsSaidToBeWhatItIs) {
  const auto structured = [](const std::string& descr) {
    return refusal(file("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,), }", 8));
  };
  const std::string rest = "; save each as an array of its own";
  EXPECT_EQ(structured("[('a', '<f8')]"), "a.npy: this is a structured array, with the fields a" + rest);
  EXPECT_EQ(structured("[('a', '<f8'), ('b', '<i4', (2, 3)), (u'c', [('d', '|u1'), ('e', '|u1')])]"),
            "a.npy: this is a structured array, with the fields a, b and c" + rest);
  EXPECT_EQ(structured("[(('a title', 'a'), '<f8', ), ('\xc3\xa4\\'', '<f8'),]"),
            "a.npy: this is a structured array, with the fields a and \xc3\xa4\\'" + rest);
  for (const char* wrong : {"[]", "[('a'", "['a']", "[(1, 2)]", "[('a', '<f8']", "[('a', '<f8') ('b', '<f8')]"})
    EXPECT_EQ(structured(wrong), "a.npy: the header is not that of a .npy file") << wrong;
  const auto elements = [](const std::string& descr) { return refusal(file(header(descr, "(1,)"), 8)); };
  for (const auto& [descr, what] : {std::pair("|O", "Python objects"),
                                    {"<U1", "texts"},
                                    {"|S3", "texts"},
                                    {"<c8", "complex numbers"},
                                    {"<M8[ns]", "dates"},
                                    {"<m8[s]", "durations"},
                                    {"<f2", "float16"},
                                    {">f16", "long doubles"},
                                    {"|V8", "bytes without a type"}})
    EXPECT_EQ(elements(descr), fmt::format("a.npy: its elements are {} ('{}'), expected floats of 4 or 8 bytes, "
                                           "integers, or bool",
                                           what, descr));
}

// No more of a file is read than what refuses it, and no memory taken for what it only says that it has.
TEST(Npy, IsLoadedFromAFile) {
  const Folder folder;
  const std::string bytes = npy_bytes("<f8", "(3,)", bytes_of(std::vector<double>{1, 2, 3}));
  EXPECT_EQ(write_npy(load_npy(folder.write("a.npy", bytes))), bytes);
  const auto refused = [&](const std::string& content) {
    const std::string path = folder.write("b.npy", content);
    try {
      load_npy(path);
    } catch (const format_error& e) {
      return std::string(e.what()).substr(path.size());
    }
    return std::string();
  };
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_NE(refused(bytes.substr(0, size)), "") << size;
  EXPECT_EQ(refused(bytes + "x"), ": its shape needs 24 bytes, 25 are there");
  const std::string path = folder.write("large.npy", "no array");
  fs::resize_file(path, std::uintmax_t{1} << 40);
  EXPECT_THROW(load_npy(path), format_error);
  folder.write("large.npy", npy_bytes("<f8", "(1000000000000,)", ""));
  EXPECT_THROW(load_npy(path), format_error);
  EXPECT_THROW(load_npy("/dev/zero"), format_error);
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
  EXPECT_EQ(refusal(file(header("<f8", "(4611686018427387904, 0, 4)"), 0)), "a.npy: its shape is too large");
  for (const char* type : {"", "<", "x8", "<i3", "<u16", "<<f8", "f8 "})
    EXPECT_EQ(refusal(file(header(type, "(1,)"), 8)), std::string("a.npy: its elements are of type '") + type +
                                                          "', expected floats of 4 or 8 bytes, integers, or bool");
  EXPECT_EQ(refusal(npy_bytes("|b1", "(3,)", std::string("\0\1\2", 3))),
            "a.npy: it has a truth value that is neither 0 nor 1");
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
           "{'other': '<f8'}",
           "{'descr': '<f\x01', 'fortran_order': False, 'shape': (3,)}",
       })
    EXPECT_EQ(refusal(file(text, 24)), wrong) << text;
}

template <class T>
void expect_round_trip(const std::string& descr, const std::vector<T>& values) {
  const std::string bytes = npy_bytes(descr, fmt::format("({},)", values.size()), bytes_of(values));
  const Npy array = read_npy(bytes, "a.npy");
  ASSERT_TRUE(std::holds_alternative<std::vector<T>>(array.values)) << descr;
  EXPECT_EQ(std::get<std::vector<T>>(array.values), values) << descr;
  if (descr != "|b1") {
    EXPECT_EQ(write_npy(array), bytes);
  }
}

TEST(Npy, ReadsEveryType) {
  expect_round_trip<float>("<f4", {0, -1.5f, 3e38f});
  expect_round_trip<double>("<f8", {0, -1.5, 1e300});
  expect_round_trip<std::int8_t>("|i1", {0, -128, 127});
  expect_round_trip<std::int16_t>("<i2", {0, -32768, 32767});
  expect_round_trip<std::int32_t>("<i4", {0, -2147483647, 2147483647});
  expect_round_trip<std::int64_t>("<i8", {0, -9223372036854775807, 9223372036854775807});
  expect_round_trip<std::uint8_t>("|u1", {0, 1, 255});
  expect_round_trip<std::uint16_t>("<u2", {0, 1, 65535});
  expect_round_trip<std::uint32_t>("<u4", {0, 1, 4294967295});
  expect_round_trip<std::uint64_t>("<u8", {0, 1, 18446744073709551615u});
  expect_round_trip<std::uint8_t>("|b1", {0, 1, 1});
}

TEST(Npy, EveryTruncationIsRefused) {
  for (const char version : {'\1', '\2', '\3'}) {
    const std::string bytes = file(header("<i2", "(3, 1)"), 6, version);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_NE(refusal(bytes.substr(0, size)), "") << size;
  }
}

// The type may become another of the same width, so the numbers may differ; there are never more or fewer.
TEST(Npy, EveryChangedByteIsRefusedOrReadsToTheSameShape) {
  const std::string good = file(header("<f8", "(3,)"), 24);
  for (std::size_t i = 0; i < good.size() - 24; ++i)
    for (int value = 0; value < 256; ++value) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(value);
      if (refusal(bytes).empty()) {
        EXPECT_EQ(read_npy(bytes, "a.npy").shape, std::vector<std::size_t>{3}) << i << " " << value;
      }
    }
}

}  // namespace
}  // namespace lossact::cli
