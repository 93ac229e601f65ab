#include "experiment/table/data_source.h"
#include <gtest/gtest.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include "lossact/error.h"
#include "tests/files/packing.h"
#include "tests/folder.h"

namespace lossact::cli {
namespace {

using Names = std::vector<std::string>;
using Numbers = std::vector<double>;
using Labels = std::vector<std::int64_t>;

template <class F>
std::string refusal_of(F&& f) {
  try {
    f();
  } catch (const format_error& e) {
    return e.what();
  }
  return "";
}
std::string refusal(const std::string& bytes, const TableOptions& options = {}) {
  return refusal_of([&] { read_content(bytes, "a", options); });
}
std::string npz(const std::vector<Entry>& arrays) { return zip_bytes(arrays, true); }
std::string doubles(const std::string& shape, const Numbers& values, bool fortran_order = false) {
  return npy_bytes("<f8", shape, bytes_of(values), fortran_order);
}
std::string integers(const std::string& shape, const Labels& values) {
  return npy_bytes("<i8", shape, bytes_of(values));
}

TEST(DataSource, Npy) {
  const std::string bytes = doubles("(5, 3)", {1, 2, 0, 3, 4, 1, 5, 6, 0, 7, 8, 1, 9, 10, 0});
  const Table table = read_content(bytes, "a.npy", {});
  EXPECT_EQ(table.name, "a.npy");
  EXPECT_EQ(table.features, (Names{"column_0", "column_1"}));
  EXPECT_EQ(table.target, "column_2");
  EXPECT_EQ(table.classes, (Names{"0", "1"}));
  EXPECT_EQ(table.labels, (Labels{0, 1, 0, 1, 0}));
  EXPECT_EQ(table.values, (Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(table.test_rows, 0u);
  const Table other =
      read_content(bytes, "a.npy", {.target = "column_0", .drop = {"column_1"}, .task = Task::regression});
  EXPECT_EQ(other.features, (Names{"column_2"}));
  EXPECT_EQ(other.values, (Numbers{0, 1, 0, 1, 0}));
  EXPECT_EQ(read_content(bytes, "a.npy", {.task = Task::regression}).numbers, (Numbers{0, 1, 0, 1, 0}));
  // The same numbers with the columns one after the other.
  const std::string fortran = doubles("(5, 3)", {1, 3, 5, 7, 9, 2, 4, 6, 8, 10, 0, 1, 0, 1, 0}, true);
  EXPECT_EQ(read_content(fortran, "a.npy", {}).values, table.values);
}

TEST(DataSource, NpzOfXAndY) {
  const std::string x = doubles("(5, 2)", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const std::string y = integers("(5,)", {3, 5, 3, 5, 3});
  for (const auto& [x_name, y_name] : {std::pair("x.npy", "y.npy"), {"X.npy", "y.npy"}, {"X.npy", "Y.npy"}}) {
    const Table table =
        read_content(npz({{"other.npy", "what nobody asks for"}, {x_name, x}, {y_name, y}}), "a.npz", {});
    EXPECT_EQ(table.features, (Names{"x_0", "x_1"}));
    EXPECT_EQ(table.target, "y");
    EXPECT_EQ(table.classes, (Names{"3", "5"}));
    EXPECT_EQ(table.values, (Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  }
  EXPECT_EQ(read_content(npz({{"x.npy", x}, {"y.npy", doubles("(5, 1)", {1.5, 2, 3, 4, 5})}}), "a.npz", {}).numbers,
            (Numbers{1.5, 2, 3, 4, 5}));
  EXPECT_EQ(read_content(npz({{"x.npy", doubles("(5,)", {1, 2, 3, 4, 5})}, {"y.npy", y}}), "a.npz", {}).features,
            Names{"x_0"});
  EXPECT_EQ(
      read_content(npz({{"x.npy", x}, {"y.npy", npy_bytes("|b1", "(5,)", std::string("\0\1\1\0\1", 5))}}), "a.npz", {})
          .labels,
      (Labels{0, 1, 1, 0, 1}));
}

// The order in memory does not change the order of the pixels.
TEST(DataSource, ImagesOfAnyOrder) {
  const std::size_t rows = 5, height = 2, width = 3, depth = 2;
  Numbers c_order, fortran(rows * height * width * depth);
  for (std::size_t r = 0, i = 0; r < rows; ++r)
    for (std::size_t h = 0; h < height; ++h)
      for (std::size_t w = 0; w < width; ++w)
        for (std::size_t d = 0; d < depth; ++d, ++i) {
          c_order.push_back(static_cast<double>(i));
          fortran[r + rows * (h + height * (w + width * d))] = static_cast<double>(i);
        }
  const std::string y = integers("(5,)", {0, 1, 0, 1, 0}), shape = "(5, 2, 3, 2)";
  for (const std::string& x : {doubles(shape, c_order), doubles(shape, fortran, true)}) {
    const Table table = read_content(npz({{"x.npy", x}, {"y.npy", y}}), "a.npz", {});
    EXPECT_EQ(table.values, c_order);
    EXPECT_EQ(table.features.front(), "pixel_0");
    EXPECT_EQ(table.features.back(), "pixel_11");
  }
}

TEST(DataSource, NpzWithATestPart) {
  const std::vector<Entry> arrays = {
      {"x_train.npy", npy_bytes("|u1", "(6, 1, 2)", std::string("\0\1\2\3\4\5\6\7\10\11\12\13", 12))},
      {"y_train.npy", integers("(6,)", {0, 1, 0, 1, 0, 1})},
      {"x_test.npy", doubles("(2, 1, 2)", {100, 101, 102, 103})},
      {"y_test.npy", integers("(2, 1)", {1, 0})}};
  const Table table = read_content(npz(arrays), "a.npz", {});
  EXPECT_EQ(table.features, (Names{"pixel_0", "pixel_1"}));
  EXPECT_EQ(table.rows(), 8u);
  EXPECT_EQ(table.test_rows, 2u);
  EXPECT_EQ(table.labels, (Labels{0, 1, 0, 1, 0, 1, 1, 0}));
  EXPECT_EQ(table.values[11], 11);
  EXPECT_EQ(table.values[12], 100);
  // Rows that are left out may be of either part.
  std::vector<Entry> missing = arrays;
  missing[2].content = doubles("(2, 1, 2)", {100, nan, 102, 103});
  EXPECT_EQ(refusal(npz(missing)),
            "a: x_test[0, 1]: the value is missing ('nan') (--missing drop or --missing mean goes on without it)");
  const Table dropped = read_content(npz(missing), "a.npz", {.missing = Missing::drop});
  EXPECT_EQ(dropped.rows(), 7u);
  EXPECT_EQ(dropped.test_rows, 1u);
  EXPECT_TRUE(std::isnan(read_content(npz(missing), "a.npz", {.missing = Missing::mean}).values[13]));
  missing[2].content = doubles("(2, 1, 2)", {100, nan, nan, 103});
  EXPECT_EQ(refusal(npz(missing), {.missing = Missing::drop}), "a: no row of the test part is without a missing value");
}

TEST(DataSource, ArraysThatDoNotFit) {
  const std::string x = doubles("(5, 2)", Numbers(10, 1)), y = integers("(5,)", {0, 1, 0, 1, 0});
  const auto pair = [&](const std::string& a, const std::string& b) {
    return refusal(npz({{"x.npy", a}, {"y.npy", b}}));
  };
  EXPECT_EQ(refusal(npz({})), "a: it has the arrays none; expected x and y, or x_train, y_train, x_test and y_test");
  EXPECT_EQ(refusal(npz({{"x.npy", x}, {"labels.npy", y}})),
            "a: it has the arrays x and labels; expected x and y, or x_train, y_train, x_test and y_test");
  EXPECT_EQ(refusal(npz({{"x_train.npy", x}, {"y_train.npy", y}})),
            "a: it has the arrays x_train and y_train; expected x and y, or x_train, y_train, x_test and y_test");
  EXPECT_EQ(refusal(npz({{"x.npy", x}, {"X.npy", x}, {"y.npy", y}})), "a: it has both x and X");
  EXPECT_EQ(pair(x, integers("(4,)", {0, 1, 0, 1})), "a: x has 5 rows, y has 4");
  EXPECT_EQ(pair(x, doubles("(5, 2)", Numbers(10))), "a: y has the shape (5, 2), expected one number for each row");
  EXPECT_EQ(pair(x, doubles("()", {1})), "a: y has the shape (), expected one number for each row");
  EXPECT_EQ(pair(doubles("()", {1}), y), "a: x is empty");
  EXPECT_EQ(pair(doubles("(0, 576460752303423488)", {}), y), "a: x is empty");
  EXPECT_EQ(pair(doubles("(576460752303423488, 0)", {}), y), "a: x is empty");
  EXPECT_EQ(refusal(npz({{"x_train.npy", x},
                         {"y_train.npy", y},
                         {"x_test.npy", doubles("(1, 3)", {1, 2, 3})},
                         {"y_test.npy", integers("(1,)", {1})}})),
            "a: x_train has rows of the shape (2), x_test of (3)");
  EXPECT_EQ(refusal(doubles("(5,)", Numbers(5))),
            "a: its shape is (5); as data it must have two dimensions, rows and columns");
  EXPECT_EQ(refusal(doubles("(0, 5)", {})), "a: it is empty");
  EXPECT_EQ(refusal(doubles("(576460752303423488, 0)", {})), "a: it is empty");
  EXPECT_EQ(refusal(doubles("(5, 1)", {1, 2, 1, 2, 1})),
            "a: beside the target 'column_0' there is no column to learn from");
  EXPECT_EQ(refusal(doubles("(2, 2)", {1, 2, 1, 2})), "a: 2 rows; at least 5 are needed");
  EXPECT_EQ(pair(doubles("(5, 1)", {1, 2, 3, -inf, 5}), y), "a: x[3, 0]: '-inf' is not a finite number");
  EXPECT_EQ(pair(x, doubles("(5,)", {1.5, 2, 3, inf, 5})),
            "a: 2 problems\n  a: y[3]: 'inf' is not a finite number\n  a: beside the target 'y' no column ever "
            "changes; there is "
            "nothing to learn from");
  EXPECT_EQ(refusal(doubles("(5, 2)", {1, 2, inf, 1, 3, 2, 4, 1, 5, 2})), "a: [1, 0]: 'inf' is not a finite number");
  EXPECT_EQ(pair(x, integers("(5,)", {0, 1, (std::int64_t{1} << 53) + 1, 1, 0})),
            "a: y[2]: 9007199254740993 is too large a number to be kept exactly");
}

const std::string images = idx_bytes(0x08, {6, 1, 2}, std::string("\0\1\2\3\4\5\6\7\10\11\12\13", 12));
const std::string labels = idx_bytes(0x08, {6}, std::string("\2\3\2\3\2\3", 6));
const std::string test_images = idx_bytes(0x08, {2, 1, 2}, "abcd");
const std::string test_labels = idx_bytes(0x08, {2}, "\3\2");

TEST(DataSource, AFolderOfIdxFiles) {
  for (const bool packed : {false, true})
    for (const std::string test : {"t10k", "test", ""})
      for (const char dot : {'-', '.'}) {
        const Folder folder;
        const auto write = [&](const std::string& name, const std::string& dimensions, const std::string& bytes) {
          folder.write(name + dot + "idx" + dimensions + "-ubyte" + (packed ? ".gz" : ""),
                       packed ? gzip(bytes) : bytes);
        };
        write("train-images", "3", images);
        write("train-labels", "1", labels);
        if (!test.empty()) write(test + "-images", "3", test_images), write(test + "-labels", "1", test_labels);
        folder.write("README", "What else is there does not matter.");
        const std::string name = folder.path().string();
        const Table table = read_data(name, {});
        EXPECT_EQ(table.name, name);
        EXPECT_EQ(table.target, "label");
        EXPECT_EQ(table.features, (Names{"pixel_0", "pixel_1"}));
        EXPECT_EQ(table.classes, (Names{"2", "3"}));
        EXPECT_EQ(table.test_rows, test.empty() ? 0u : 2u);
        EXPECT_EQ(table.labels, test.empty() ? (Labels{0, 1, 0, 1, 0, 1}) : (Labels{0, 1, 0, 1, 0, 1, 1, 0}));
        EXPECT_EQ(table.values[11], 11);
        if (!test.empty()) {
          EXPECT_EQ(table.values[12], 'a');
        }
      }
}

// More than twenty whole numbers would be numbers in a table.
TEST(DataSource, LabelsOfIdxFilesAreClassesHoweverMany) {
  const Folder folder;
  std::string x, y;
  for (int i = 0; i < 100; ++i) x += static_cast<char>(i), y += static_cast<char>(i % 47);
  folder.write("train-images-idx2-ubyte", idx_bytes(0x08, {100, 1}, x));
  folder.write("train-labels-idx1-ubyte", idx_bytes(0x08, {100}, y));
  const Table table = read_data(folder.path(), {});
  EXPECT_EQ(table.classes.size(), 47u);
  EXPECT_EQ(table.features, Names{"x_0"});
  EXPECT_EQ(read_data(folder.path(), {.task = Task::regression}).numbers[46], 46);
}

TEST(DataSource, FoldersThatAreIncomplete) {
  const Folder folder;
  const std::string name = folder.path().string();
  const auto why = [&] {
    const std::string message = refusal_of([&] { read_data(name, {}); });
    return message.starts_with(name) ? message.substr(name.size()) : message;
  };
  EXPECT_EQ(why(),
            ": this folder has no IDX files; as data it has train-images-idx3-ubyte and train-labels-idx1-ubyte, and "
            "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte for a test part of its own, packed by gzip or not");
  folder.write("t10k-images-idx3-ubyte", test_images);
  EXPECT_EQ(why(), ": this folder has a test part, but no train-images-idx3-ubyte to learn from");
  folder.write("train-labels-idx1-ubyte", labels);
  EXPECT_EQ(why(), ": beside train-labels-idx1-ubyte there are no images");
  folder.write("train-images-idx3-ubyte", images);
  EXPECT_EQ(why(), ": beside t10k-images-idx3-ubyte there are no labels");
  folder.write("t10k-labels-idx1-ubyte", test_labels);
  EXPECT_EQ(why(), "");
  folder.write("train-images-idx3-ubyte.gz", "what was unpacked is taken");
  EXPECT_EQ(why(), "");
  folder.write("test-labels-idx1-ubyte", test_labels);
  EXPECT_EQ(why(), ": it has both t10k-labels-idx1-ubyte and test-labels-idx1-ubyte");
  fs::remove(folder.file("test-labels-idx1-ubyte"));
  folder.write("t10k-labels-idx1-ubyte", labels);
  EXPECT_EQ(why(), ": t10k-images-idx3-ubyte has 2 rows, t10k-labels-idx1-ubyte has 6");
  folder.write("t10k-labels-idx1-ubyte", test_labels + "x");
  EXPECT_EQ(why(), "/t10k-labels-idx1-ubyte: its shape needs 2 bytes, 3 are there");
}

TEST(DataSource, PackedByGzipItIsTheSame) {
  const std::string csv = "a,b\n1,x\n2,y\n3,x\n4,y\n5,x\n";
  const std::string npy = doubles("(5, 3)", {1, 2, 0, 3, 4, 1, 5, 6, 0, 7, 8, 1, 9, 10, 0});
  const std::string both = npz({{"x.npy", npy}, {"y.npy", integers("(5,)", {3, 5, 3, 5, 3})}});
  for (const std::string& bytes : {csv, npy, both}) {
    const Table plain = read_content(bytes, "a", {}), packed = read_content(gzip(bytes), "a", {});
    EXPECT_EQ(packed.features, plain.features);
    EXPECT_EQ(packed.values, plain.values);
    EXPECT_EQ(packed.labels, plain.labels);
    EXPECT_EQ(packed.classes, plain.classes);
  }
  // A text whose header and rows were packed one after the other.
  EXPECT_EQ(read_content(gzip(csv.substr(0, 4)) + gzip(csv.substr(4)), "a", {}).classes, (Names{"x", "y"}));
  EXPECT_EQ(refusal(gzip("a,b\n1\n")), "a:2: 1 value, but the header names 2 columns");
}

TEST(DataSource, TheFilesThatItIsReadFrom) {
  const Folder folder;
  EXPECT_TRUE(data_files(data_names().front()).empty());
  EXPECT_EQ(data_files("some.csv"), std::vector<fs::path>{"some.csv"});
  for (const char* name : {"train-images-idx3-ubyte", "t10k-labels-idx1-ubyte.gz", "notes", "train-images.txt"})
    folder.write(name, "");
  std::vector<fs::path> files = data_files(folder.path().string());
  std::ranges::sort(files);
  EXPECT_EQ(files,
            (std::vector<fs::path>{folder.file("t10k-labels-idx1-ubyte.gz"), folder.file("train-images-idx3-ubyte")}));
}

TEST(DataSource, WhatIsNoDataIsSaidToBeWhatItIs) {
  const std::string rest = "; expected a CSV, .npy or .npz file, packed by gzip or not, or a folder of IDX files";
  const std::string zeros(20, '\0');
  EXPECT_EQ(refusal("\x89PNG\r\n\x1A\n" + zeros), "a: this is a picture (PNG)" + rest);
  EXPECT_EQ(refusal("\xFF\xD8\xFF\xE0" + zeros), "a: this is a picture (JPEG)" + rest);
  EXPECT_EQ(refusal("BM" + zeros), "a: this is a picture (BMP)" + rest);
  EXPECT_EQ(refusal("PAR1\x15" + zeros), "a: this is a Parquet file" + rest);
  EXPECT_EQ(refusal("%PDF-1.4\n%\xE2\xE3\xCF\xD3"), "a: this is a PDF document" + rest);
  EXPECT_EQ(refusal("{\"a\": 1}"), "a: this is a JSON file" + rest);
  EXPECT_EQ(refusal("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "a: this is a picture (SVG)" + rest);
  EXPECT_EQ(refusal("<!DOCTYPE html>\n<html></html>"), "a: this is a web page" + rest);
  EXPECT_EQ(refusal(gzip("{\"a\": 1}")), "a: this is a JSON file" + rest);
  EXPECT_EQ(refusal(gzip(gzip("a,b\n1,2\n"))), "a: this is a file packed by gzip twice" + rest);
  EXPECT_EQ(refusal(gzip("")), "a: the file is empty");
  EXPECT_EQ(refusal("\x1F\x8Bxyz"), "a: the gzip file is damaged");
  EXPECT_EQ(refusal(gzip(images)), "a: this is one IDX file; the data is the folder that has images and labels");
  EXPECT_EQ(refusal(images), "a: this is one IDX file; the data is the folder that has images and labels");
  EXPECT_EQ(refusal(""), "a: the file is empty");
  EXPECT_EQ(read_content("BM,PAR1\n1,a\n2,b\n3,a\n4,b\n5,a\n", "a", {}).features, Names{"BM"});
  // Bytes at random, of any length.
  std::uint32_t state = 1;
  for (std::size_t size = 1; size < 300; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    EXPECT_NE(refusal(bytes), "") << size;
  }
}

TEST(DataSource, DataOfAPackage) {
  const Folder folder;
  const std::string path = folder.file("data");
  const PackagedData data = {.name = "mine", .folder = path, .package = "dataset-mine"};
  EXPECT_EQ(refusal_of([&] { read_packaged(data, {}); }),
            "mine is not installed; this installs it: apt-get install dataset-mine");
  fs::create_directory(path);
  folder.write("data/train-images-idx3-ubyte.gz", gzip(images));
  folder.write("data/train-labels-idx1-ubyte.gz", gzip(labels));
  EXPECT_EQ(read_packaged(data, {}).name, "mine");
  for (const char* name : {"diabetes", "digits", "fashion-mnist"})
    EXPECT_EQ(std::ranges::count(data_names(), name), 1) << name;
}

TEST(DataSource, FashionMnist) {
  const Table table = read_data("fashion-mnist", {});
  EXPECT_EQ(table.rows(), 70000u);
  EXPECT_EQ(table.test_rows, 10000u);
  EXPECT_EQ(table.features.size(), 784u);
  EXPECT_TRUE(table.constant.empty());
  EXPECT_EQ(table.classes.size(), 10u);
  EXPECT_EQ(table.labels.front(), 9);  // an ankle boot
  const auto [least, most] = std::ranges::minmax(table.values);
  EXPECT_EQ(least, 0);
  EXPECT_EQ(most, 255);
}

}  // namespace
}  // namespace lossact::cli
