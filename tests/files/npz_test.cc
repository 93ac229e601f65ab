#include "files/npz.h"
#include <gtest/gtest.h>
#include "lossact/error.h"
#include "tests/files/packing.h"

namespace lossact::cli {
namespace {

const std::string x = npy_bytes("<f8", "(2, 2)", bytes_of(std::vector<double>{1, -2.5, 1e300, 0}));
const std::string y = npy_bytes("|u1", "(2,)", std::string("\0\7", 2));
const std::vector<Entry> entries = {{"x.npy", x}, {"y.npy", y}};

using Arrays = std::vector<std::pair<std::string, std::string>>;
/// Name and content of each array.
Arrays arrays(const std::string& bytes) {
  const Npz npz(bytes, "a.npz");
  Arrays arrays;
  for (const std::string& name : npz.names()) arrays.emplace_back(name, write_npy(npz.read(name)));
  return arrays;
}
std::string refusal(const std::string& bytes) {
  try {
    arrays(bytes);
  } catch (const format_error& e) {
    return e.what();
  }
  return "";
}

TEST(Npz, ReadsStoredAndDeflated) {
  for (const bool deflate : {false, true}) {
    const std::string bytes = zip_bytes(entries, deflate);
    const Npz npz(bytes, "a.npz");
    EXPECT_EQ(npz.names(), (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(npz.read("x").shape, (std::vector<std::size_t>{2, 2}));
    EXPECT_EQ(std::get<std::vector<double>>(npz.read("x").values), (std::vector<double>{1, -2.5, 1e300, 0}));
    EXPECT_EQ(std::get<std::vector<std::uint8_t>>(npz.read("y").values), (std::vector<std::uint8_t>{0, 7}));
  }
  EXPECT_TRUE(arrays(zip_bytes({}, false)).empty());
}

TEST(Npz, Refusals) {
  EXPECT_NE(refusal("PK\3\4 something else").find("a.npz: this is not a good zip file: "), std::string::npos);
  EXPECT_EQ(refusal(zip_bytes({{"a.txt", "text"}}, false)), "a.npz: this is not a .npz file: it has an entry 'a.txt'");
  EXPECT_EQ(refusal(zip_bytes({{".npy", x}}, false)), "a.npz: this is not a .npz file: it has an entry '.npy'");
  EXPECT_EQ(refusal(zip_bytes({{"[Content_Types].xml", ""}, {"xl/workbook.xml", ""}}, true)),
            "a.npz: this is an office document; save the sheet as CSV");
  EXPECT_EQ(refusal(zip_bytes({{"x.npy", x}, {"y.npy", y}, {"x.npy", y}}, false)), "a.npz: it has two arrays 'x'");
  EXPECT_EQ(refusal(zip_bytes({{"x.npy", "text"}}, false)), "a.npz: x: this is not a .npy file");
  EXPECT_EQ(refusal(zip_bytes({{"x.npy", x + "y"}}, true)), "a.npz: x: its shape needs 32 bytes, 33 are there");
  EXPECT_NE(refusal(zip_bytes(entries, true, 1)), "");
  EXPECT_NE(refusal(zip_bytes(entries, true, static_cast<std::uint64_t>(-1))), "");
  EXPECT_EQ(refusal(zip_bytes(std::vector<Entry>(1001, {"x.npy", ""}), false)),
            "a.npz: it has 1001 entries; at most 1000 are read");
}

TEST(Npz, ASmallFileDoesNotFillTheMemory) {
  const std::string zeros = npy_bytes("|u1", "(67108864,)", std::string(67108864, '\0'));
  const std::string why = refusal(zip_bytes({{"x.npy", zeros}}, true));
  EXPECT_NE(why.find("a.npz: x: "), std::string::npos) << why;
  EXPECT_NE(why.find("more than 400 times as many; that is not read"), std::string::npos) << why;
  // An entry that says it has 2 GiB is refused before memory is taken for it.
  EXPECT_EQ(refusal(zip_bytes(entries, true, std::uint64_t{1} << 31)),
            "a.npz: x: more than 1024 MiB, unpacked; that is the most that is read");
}

TEST(Npz, EveryTruncationIsRefused) {
  for (const bool deflate : {false, true}) {
    const std::string bytes = zip_bytes(entries, deflate);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_NE(refusal(bytes.substr(0, size)), "") << size;
  }
}

// Dates and the like may change, and an array may get another name; its content never changes unseen.
TEST(Npz, EveryChangedByteIsRefusedOrReadsToTheSame) {
  for (const bool deflate : {false, true}) {
    const std::string bytes = zip_bytes(entries, deflate);
    const Arrays whole = arrays(bytes);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      for (const int change : {1, 2, 16, 128, 255}) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ change);
        if (!refusal(changed).empty()) continue;
        const Arrays read = arrays(changed);
        for (std::size_t array = 0; array < read.size(); ++array)
          EXPECT_EQ(read[array].second, whole[array].second) << i << " " << change;
        EXPECT_LE(read.size(), whole.size());
      }
  }
}

}  // namespace
}  // namespace lossact::cli
