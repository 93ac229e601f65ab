#include "files/idx.h"
#include <gtest/gtest.h>
#include "files/packed.h"
#include "lossact/error.h"
#include "tests/files/packing.h"

namespace lossact::cli {
namespace {

std::string refusal(const std::string& bytes) {
  try {
    read_idx(bytes, "a.idx");
  } catch (const format_error& e) {
    return e.what();
  }
  return "";
}
const std::string good = idx_bytes(0x08, {2, 3}, std::string("\0\1\2\3\4\xFF", 6));

template <class T>
void expect_round_trip(unsigned char type, const std::vector<T>& values) {
  std::string data;
  for (const T value : values) {
    const std::string bytes = bytes_of(value);
    data += std::string(bytes.rbegin(), bytes.rend());
  }
  const std::string bytes = idx_bytes(type, {1, values.size(), 1}, data);
  for (const std::string& file : {bytes, gzip(bytes)}) {
    const Idx array = read_idx(file, "a.idx");
    EXPECT_EQ(array.shape, (std::vector<std::size_t>{1, values.size(), 1}));
    ASSERT_TRUE(std::holds_alternative<std::vector<T>>(array.values)) << int{type};
    EXPECT_EQ(std::get<std::vector<T>>(array.values), values);
  }
}

TEST(Idx, ReadsEveryType) {
  expect_round_trip<std::uint8_t>(0x08, {0, 1, 128, 255});
  expect_round_trip<std::int8_t>(0x09, {0, 1, -128, 127});
  expect_round_trip<std::int16_t>(0x0B, {0, 1, -32768, 258});
  expect_round_trip<std::int32_t>(0x0C, {0, 1, -2147483647, 16909060});
  expect_round_trip<float>(0x0D, {0, 1.5f, -1e-40f, 3e38f});
  expect_round_trip<double>(0x0E, {0, 1.5, -1e-310, 1e300});
}

TEST(Idx, Refusals) {
  EXPECT_EQ(refusal(""), "a.idx: this is not an IDX file");
  EXPECT_EQ(refusal("a,b\n1,2\n"), "a.idx: this is not an IDX file");
  EXPECT_EQ(refusal(idx_bytes(0x0A, {1}, "x")), "a.idx: this is not an IDX file");
  EXPECT_EQ(refusal(idx_bytes(0x08, {}, "")), "a.idx: this is not an IDX file");
  EXPECT_EQ(refusal(gzip("a,b\n1,2\n")), "a.idx: what is packed in it is not an IDX file");
  EXPECT_EQ(refusal(good.substr(0, 10)), "a.idx: the file ends within its header");
  EXPECT_EQ(refusal(good.substr(0, good.size() - 1)), "a.idx: its shape needs 6 bytes, 5 are there");
  EXPECT_EQ(refusal(good + "x"), "a.idx: its shape needs 6 bytes, 7 are there");
  EXPECT_EQ(refusal(idx_bytes(0x0E, {0xFFFFFFFF, 0xFFFFFFFF}, "x")), "a.idx: its shape is too large");
  // The product of these is 2^64, which is 0 in 64 bits.
  EXPECT_EQ(refusal(idx_bytes(0x08, {1u << 31, 1u << 31, 4}, "")), "a.idx: its shape is too large");
}

TEST(Idx, EveryTruncationIsRefused) {
  const std::string packed = gzip(good);
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_NE(refusal(good.substr(0, size)), "") << size;
  for (std::size_t size = 0; size < packed.size(); ++size) EXPECT_NE(refusal(packed.substr(0, size)), "") << size;
}

// The type may become another of the same width, so the numbers may differ; there are never more or fewer.
TEST(Idx, EveryChangedByteIsRefusedOrReadsToTheSameShape) {
  for (std::size_t i = 0; i < good.size() - 6; ++i)
    for (int value = 0; value < 256; ++value) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(value);
      if (refusal(bytes).empty()) {
        EXPECT_EQ(read_idx(bytes, "a.idx").shape, (std::vector<std::size_t>{2, 3})) << i << " " << value;
      }
    }
}
TEST(Idx, EveryChangedByteOfAPackedFileIsRefusedOrReadsToTheSame) {
  const std::string packed = gzip(good);
  for (std::size_t i = 0; i < packed.size(); ++i)
    for (int value = 0; value < 256; ++value) {
      std::string bytes = packed;
      bytes[i] = static_cast<char>(value);
      if (refusal(bytes).empty()) {
        EXPECT_EQ(read_idx(bytes, "a.idx").values, read_idx(good, "a.idx").values) << i << " " << value;
      }
    }
}

TEST(Gzip, Refusals) {
  const std::string packed = gzip(good);
  EXPECT_EQ(refusal(packed.substr(0, packed.size() - 1)), "a.idx: the gzip file ends early");
  EXPECT_EQ(refusal(packed + "x"), "a.idx: the gzip file goes on behind its end");
  EXPECT_EQ(refusal(packed + packed.substr(0, packed.size() - 1)), "a.idx: the gzip file ends early");
  EXPECT_EQ(refusal(packed + packed.substr(0, 1)), "a.idx: the gzip file goes on behind its end");
  EXPECT_EQ(refusal(packed + std::string(20, '\0') + "x"), "a.idx: the gzip file goes on behind its end");
  std::string damaged = packed;
  damaged[packed.size() - 6] ^= 1;  // of the sum
  EXPECT_EQ(refusal(damaged), "a.idx: the gzip file is damaged");
  EXPECT_EQ(gunzip(gzip(""), "a.gz"), "");
}

TEST(Gzip, OfSeveralPartsAndWithZerosBehindIt) {
  EXPECT_EQ(gunzip(gzip("one ") + gzip("") + gzip("two"), "a.gz"), "one two");
  for (const std::size_t zeros : {1ul, 7ul, 1000ul, 100000ul}) {
    const std::string end(zeros, '\0');
    EXPECT_EQ(gunzip(gzip("one") + end, "a.gz"), "one") << zeros;
    EXPECT_EQ(gunzip(gzip("one ") + gzip("two") + end, "a.gz"), "one two") << zeros;
  }
  // A lot of small parts behind a large one take no longer for it.
  const std::string large(std::size_t{1} << 23, 'x');
  std::string many = gzip(large);
  for (int i = 0; i < 20000; ++i) many += gzip("y");
  EXPECT_EQ(gunzip(many, "a.gz"), large + std::string(20000, 'y'));
  EXPECT_EQ(refusal(gzip(good.substr(0, 7)) + gzip(good.substr(7))), "");
}

TEST(Gzip, ASmallFileDoesNotFillTheMemory) {
  const std::size_t size = std::size_t{1} << 25;
  const std::string bomb = gzip(std::string(size, '\0'));
  EXPECT_LT(bomb.size(), size / 900);
  EXPECT_NE(refusal(bomb).find("that is not read"), std::string::npos) << refusal(bomb);
  // As much of what does not shrink so far is read.
  std::string honest(size, '\0');
  for (std::size_t i = 0; i < size; i += 64) honest[i] = static_cast<char>(i * i >> 11);
  EXPECT_EQ(gunzip(gzip(honest), "a.gz"), honest);
}

}  // namespace
}  // namespace lossact::cli
