#include "files/array.h"
#include <gtest/gtest.h>
#include <cmath>
#include "lossact/error.h"
#include "tests/files/packing.h"
#include "tests/folder.h"

namespace lossact::cli {
namespace {

using Doubles = std::vector<double>;

std::string refusal(const std::string& file) {
  try {
    read_array(file);
  } catch (const format_error& e) {
    return e.what();
  }
  return "";
}

TEST(ReadArray, TheLastIndexRunsFastestWhateverTheFilesOrder) {
  const Folder folder;
  const std::vector<std::size_t> shape = {2, 3, 4};
  std::vector<float> rows(24), columns(24);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 4; ++k)
        rows[(i * 3 + j) * 4 + k] = columns[i + 2 * (j + 3 * k)] = static_cast<float>(100 * i + 10 * j + k);
  for (const bool fortran : {false, true}) {
    const Npy npy{.shape = shape, .fortran_order = fortran, .values = fortran ? columns : rows};
    const Array array = read_array(folder.write("a.npy", write_npy(npy)));
    EXPECT_EQ(array.shape, shape);
    EXPECT_EQ(std::get<std::vector<float>>(array.values), rows);
    EXPECT_TRUE(array.typed);
  }
  for (const std::vector<std::size_t>& small : {std::vector<std::size_t>{}, {1}, {1, 1}}) {
    const Npy npy{.shape = small, .fortran_order = true, .values = Doubles{7}};
    EXPECT_EQ(std::get<Doubles>(read_array(folder.write("a.npy", write_npy(npy))).values), Doubles{7});
  }
  const Npy nothing{.shape = {2, 0}, .fortran_order = true, .values = Doubles{}};
  EXPECT_TRUE(std::get<Doubles>(read_array(folder.write("a.npy", write_npy(nothing))).values).empty());
}

TEST(ReadArray, NumbersOfAText) {
  const Folder folder;
  const Array array = read_array(folder.write("a.csv", "a,b,c\n1,-2.5,1e300\n-inf,nan,0\n"));
  EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_FALSE(array.typed);
  const Doubles& values = std::get<Doubles>(array.values);
  EXPECT_EQ(Doubles(values.begin(), values.begin() + 4), (Doubles{1, -2.5, 1e300, -HUGE_VAL}));
  EXPECT_TRUE(std::isnan(values[4]));
}

TEST(ReadArray, WhatItIsShowsInTheFileNotInItsName) {
  const Folder folder;
  const Npy npy{.shape = {2}, .fortran_order = false, .values = Doubles{1, 2}};
  EXPECT_EQ(read_array(folder.write("numbers", write_npy(npy))).shape, std::vector<std::size_t>{2});
  EXPECT_EQ(read_array(folder.write("text", "a\n1\n")).shape, (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(read_array(folder.write("packed", gzip(write_npy(npy)))).shape, std::vector<std::size_t>{2});
  EXPECT_EQ(read_array(folder.write("packed", gzip("a\n1\n"))).shape, (std::vector<std::size_t>{1, 1}));
}

TEST(ReadArray, Refusals) {
  const Folder folder;
  const auto expect = [&](const std::string& name, const std::string& text, const std::string& why) {
    EXPECT_EQ(refusal(folder.write(name, text)), folder.file(name) + why);
  };
  expect("a.csv", "a,b\n1,2\n1,x\n", ":3: column 'b': 'x' is not a number");
  expect("a.csv", "a,b\n1,\n", ":2: column 'b': '' is not a number");
  expect("a.csv", "5,2\n3,4\n", ":1: the first line must name the columns: it has only numbers, as the other lines");
  expect("a.npy", "a\n1\n", ": this is not a .npy file");
  expect("a.csv", "", ": the file is empty");
  EXPECT_EQ(refusal(folder.file("none")), folder.file("none") + ": No such file or directory");
}

}  // namespace
}  // namespace lossact::cli
