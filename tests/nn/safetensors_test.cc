// What is saved is loaded again, and what is no such file is refused, whichever byte is wrong.
#include "lossact/nn/safetensors.h"
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <sys/stat.h>
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

namespace fs = std::filesystem;

StateDict some() {
  return {{"weight", tensor({{0.5, -1.25}, {1e-30, 3}})},
          {"exact", tensor(0.1, kDouble)},
          {"labels", tensor({3, -1, 1LL << 60})},
          {"mask", gt(arange(3), tensor(0.5))},
          {"empty", zeros({2, 0, 3})},
          {"\"\\\n\u00e4", ones({1})}};
}

std::string shown(const StateDict& tensors) {
  std::ostringstream out;
  out.precision(17);
  for (const auto& [name, tensor] : tensors) out << name << ": " << to_string(tensor.dtype()) << tensor << '\n';
  return out.str();
}

/// A file of a header and data.
std::string file_of(std::string_view header, std::size_t data = 0) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes.append(header).append(data, '\0');
}

void refuses(const std::string& why, const std::string& bytes) {
  try {
    read_safetensors(bytes, "model.safetensors");
    ADD_FAILURE() << "not refused: " << why;
  } catch (const format_error& e) {
    EXPECT_EQ(e.what(), "model.safetensors: " + why);
  }
}

TEST(Safetensors, AreLoadedAsTheyWereSaved) {
  const std::string bytes = write_safetensors(some());
  const StateDict again = read_safetensors(bytes, "x");
  EXPECT_EQ(shown(again), shown(some()));
  EXPECT_EQ(again.at("exact").item(), 0.1);
  EXPECT_EQ(again.at("weight").data<float>()[2], 1e-30f);
  EXPECT_EQ(write_safetensors(again), bytes);
  EXPECT_TRUE(read_safetensors(write_safetensors({}), "x").empty());
}

// The layout, written out by hand: what other libraries write for the same tensors.
TEST(Safetensors, HaveTheFormatsBytes) {
  const std::string header =
      R"({"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}})";
  std::string padded = header;
  padded.append((8 - header.size() % 8) % 8, ' ');
  EXPECT_EQ(write_safetensors({{"a", zeros({1, 2})}, {"n", tensor({0})}}), file_of(padded, 16));
}

TEST(Safetensors, OfAnotherLibraryHaveMetadata) {
  const StateDict tensors = read_safetensors(
      file_of(R"({"__metadata__": {"format": "pt"}, "a": {"shape": [2], "data_offsets": [0, 8], "dtype": "F32"}}   )",
              8),
      "x");
  EXPECT_EQ(tensors.at("a").numel(), 2u);
}

TEST(Safetensors, AreRefusedWhereTheyAreNoSuchFile) {
  refuses("the file has 0 bytes, expected the 8 of a safetensors header's length", "");
  refuses("the header is 5 bytes long, and 2 bytes follow", file_of("12345").substr(0, 10));
  refuses("the header is 9187201950435737471 bytes long, expected at most 16777216: this is no safetensors file",
          std::string(100, '\x7f'));
  refuses("the header does not begin with '{'", file_of("[]"));
  refuses("the header is no JSON at its byte 3", file_of("{}{"));
  for (const std::size_t behind : {0ul, 1ul, 7ul}) {
    const std::string header = "{}" + std::string(behind, ' '), at = std::to_string(header.size() + 1);
    refuses("the header is no JSON at its byte " + at, file_of(header + std::string("\0", 1)));
    refuses("the header is no JSON at its byte " + at, file_of(header + std::string("\0garbage", 8)));
  }
  refuses("the header is no JSON at its byte 3", file_of("{\"\xff\": 1}"));
  refuses("tensor 'a' has a number, expected an object", file_of("{\"a\":1}"));
}

TEST(Safetensors, AreRefusedForEachThingThatIsWrong) {
  const auto entry = [](const std::string& text, std::size_t data = 0) {
    return file_of("{\"a\":{" + text + "}}", data);
  };
  const std::string shape = R"("dtype":"F32","shape":[2],)";
  refuses("tensor 'a' lacks one of dtype, shape and data_offsets", entry(""));
  refuses("tensor 'a' lacks one of dtype, shape and data_offsets", entry(R"("dtype":"F32","shape":[2])"));
  refuses("tensor 'a' has dtype 'BF16', expected F32, F64, I64 or BOOL", entry(R"("dtype":"BF16")"));
  refuses("tensor 'a' has dtype twice", entry(R"("dtype":"F32","dtype":"F32")"));
  refuses("tensor 'a' has 'strides', expected dtype, shape and data_offsets", entry(R"("strides":[1])"));
  refuses("tensor 'a' has a negative number, expected an integer of 0 or more", entry(R"("shape":[-1])"));
  refuses("tensor 'a' has the number 2.0, expected an integer of 0 or more", entry(R"("shape":[2.0])"));
  refuses("tensor 'a' has the number 18446744073709551616, expected an integer of 0 or more",
          entry(R"("shape":[18446744073709551616])"));
  refuses("tensor 'a' has a list, expected an integer of 0 or more", entry(R"("shape":[[2]])"));
  refuses("tensor 'a' has an object, expected a list of numbers", entry(R"("shape":{})"));
  refuses("tensor 'a' has null, expected the name of an element type", entry(R"("dtype":null)"));
  refuses("tensor 'a' has 3 data_offsets, expected 2", entry(shape + R"("data_offsets":[0,8,8])", 8));
  refuses("tensor 'a' has bytes 0 to 4 of the data, expected 8 bytes by its shape",
          entry(shape + R"("data_offsets":[0,4])", 4));
  refuses("tensor 'a' has bytes 0 to 0 of the data, expected 8 bytes by its shape",
          entry(shape + R"("data_offsets":[0,0])"));
  refuses("tensor 'a' begins at byte 8 of the data, expected 0", entry(shape + R"("data_offsets":[8,0])", 8));
  refuses("tensor 'a' begins at byte 4 of the data, expected 0", entry(shape + R"("data_offsets":[4,12])", 12));
  refuses("the tensors have 8 bytes, and the file has 9 after its header", entry(shape + R"("data_offsets":[0,8])", 9));
  refuses("the tensors have 8 bytes, and the file has 7 after its header", entry(shape + R"("data_offsets":[0,8])", 7));
  // A product that wraps around to few bytes.
  refuses("tensor 'a' has more elements than memory has addresses",
          entry(R"("dtype":"F32","shape":[4194305,4194305,211106198978564],"data_offsets":[0,16])", 16));
  // One that a zero hides, in whatever order.
  for (const char* sizes : {"5,1000000000000000000,0,10000000000000000", "0,5,1000000000000000000,10000000000000000",
                            "9223372036854775808,0"})
    refuses("tensor 'a' has more elements than memory has addresses",
            entry(std::string(R"("dtype":"F32","shape":[)") + sizes + R"(],"data_offsets":[0,0])"));
  refuses("tensor 'a' has 9 dimensions, expected at most 8",
          entry(R"("dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4])", 4));
  std::string two = R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[],)";
  refuses("tensor 'b' begins at byte 0 of the data, expected 4", file_of(two + R"("data_offsets":[0,4]}})", 4));
  refuses("tensor 'b' begins at byte 5 of the data, expected 4", file_of(two + R"("data_offsets":[5,9]}})", 9));
  refuses("the header has 'a' twice",
          file_of(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32"}})"));
  refuses("the metadata has a number, expected a text", file_of(R"({"__metadata__":{"a":1}})"));
  refuses("tensor 'a' is BOOL and has a byte beside 0 and 1",
          file_of(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})").append("\x02"));
}

// Whatever is cut off or flipped, there is a set of tensors that can be saved again, or format_error.
TEST(Safetensors, SurviveEveryTruncationAndEveryFlippedBit) {
  const std::string bytes = write_safetensors(some());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(read_safetensors(bytes.substr(0, size), "x"), format_error) << size;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1u << bit));
      try {
        const StateDict tensors = read_safetensors(flipped, "x");
        EXPECT_EQ(shown(read_safetensors(write_safetensors(tensors), "x")), shown(tensors));
      } catch (const format_error& e) {
        EXPECT_TRUE(std::string_view(e.what()).starts_with("x: ")) << e.what();
      }
    }
  }
}

TEST(Safetensors, LieInFilesThatAreWholeAtEveryMoment) {
  const fs::path folder = fs::path(::testing::TempDir()) / "safetensors_test", path = folder / "model.safetensors";
  fs::create_directories(folder);
  save(path, {{"a", ones({3})}});
  save(path, some());
  EXPECT_EQ(shown(load(path)), shown(some()));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
  EXPECT_THROW(save(folder / "missing" / "model.safetensors", some()), format_error);
  EXPECT_THROW(load(folder / "other.safetensors"), format_error);
  EXPECT_THROW(load(folder), format_error);
  EXPECT_THROW(save(path, {{"__metadata__", ones({1})}}), domain_error);
  EXPECT_THROW(save(path, {{"\xff", ones({1})}}), domain_error);
  EXPECT_THROW(save(path, {{"a", Tensor()}}), domain_error);
  EXPECT_EQ(shown(load(path)), shown(some()));
  fs::remove_all(folder);
}

// What is wrong with the header is said before the rest is read, or memory is taken for it.
TEST(Safetensors, HeaderIsReadBeforeTheData) {
  const fs::path path = fs::path(::testing::TempDir()) / "large.safetensors";
  constexpr std::uintmax_t size = std::uintmax_t{1} << 40;  // more than any machine reads in time
  const auto refuses_file = [&](const std::string& why, const std::string& start) {
    std::ofstream(path, std::ios::binary) << start;
    fs::resize_file(path, size);
    try {
      load(path);
      ADD_FAILURE() << "not refused: " << why;
    } catch (const format_error& e) {
      EXPECT_EQ(e.what(), path.string() + ": " + why);
    }
  };
  refuses_file("the header does not begin with '{'", "");
  refuses_file("the header does not begin with '{'", file_of("no header"));
  refuses_file("the header is no JSON at its byte 2", file_of("{1}"));
  refuses_file("tensor 'a' has a number, expected an object", file_of("{\"a\":1}"));
  refuses_file("the tensors have 0 bytes, and the file has " + std::to_string(size - 10) + " after its header",
               file_of("{}"));
  fs::remove(path);
  EXPECT_THROW(load("/dev/zero"), format_error);
  // More than there is, and than there is memory.
  std::ofstream(path, std::ios::binary) << file_of(
      R"({"a":{"dtype":"I64","shape":[10000000000000],"data_offsets":[0,80000000000000]}})", 8);
  EXPECT_THROW(load(path), format_error);
  fs::remove(path);
}

TEST(Safetensors, AreReadFromAPipe) {
  const fs::path path = fs::path(::testing::TempDir()) / "pipe.safetensors";
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const auto loaded = [&](const std::string& bytes) {
    std::thread writer([&] { std::ofstream(path, std::ios::binary) << bytes; });
    std::string result;
    try {
      result = shown(load(path));
    } catch (const format_error& e) {
      result = e.what();
    }
    writer.join();
    return result;
  };
  const std::string bytes = write_safetensors(some());
  EXPECT_EQ(loaded(bytes), shown(some()));
  EXPECT_NE(loaded(bytes.substr(0, bytes.size() - 1)).find("the tensors have "), std::string::npos);
  EXPECT_NE(loaded(bytes + "x").find("the tensors have "), std::string::npos);
  EXPECT_NE(loaded(bytes.substr(0, 20)).find(" bytes follow"), std::string::npos);
  fs::remove(path);
}

TEST(Safetensors, SayWhatTheSystemSaid) {
  const fs::path folder = ::testing::TempDir();
  const auto code = [](auto&& f) {
    try {
      f();
    } catch (const file_error& e) {
      return e.code;
    }
    return 0;
  };
  EXPECT_EQ(code([&] { load(folder / "none.safetensors"); }), ENOENT);
  EXPECT_EQ(code([&] { load(folder); }), EISDIR);
  EXPECT_EQ(code([&] { save(folder / "none" / "a", {}); }), ENOENT);
  EXPECT_EQ(code([&] { save(folder, {}); }), EISDIR);
  EXPECT_EQ(code([&] { save(folder / std::string(300, 'x'), {}); }), ENAMETOOLONG);
}

}  // namespace
}  // namespace lossact::nn::test
