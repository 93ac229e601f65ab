// What every command writes and prints: never over what it reads or what is another's, known to be possible before the
// work, and nothing that a terminal would take for a command.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <fmt/format.h>
#include "lossact/nn/by_name.h"
#include "lossact/registry.h"
#include "tests/files/packing.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

std::string first_activation() { return std::string(nn::activation_names().front()); }
/// A loss of two arrays of elements.
std::string first_loss() {
  for (const Function* function : functions())
    if (function->is_loss() && !function->along_axis() && function->required() == 2) return std::string(function->name);
  return "";
}
std::string table(const std::string& name = "a") {
  std::string text = "\"" + name + "\",y\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("{},{}\n", i * i % 7, i % 2 ? "odd" : "even");
  return text;
}

/// A command, and what it reads and writes.
struct Command {
  std::vector<std::string> words;
  std::vector<std::string> inputs;
  std::string output_option;
};
/// Every way to write a file from files.
std::vector<Command> commands(const Folder& folder) {
  const std::string csv = folder.write("in.csv", table());
  const std::string npy = folder.write("in.npy", npy_bytes("<f8", "(2, 2)", bytes_of(std::vector<double>{1, 2, 3, 4})));
  const std::string other = folder.write("other.npy", content(npy));
  fs::create_directory(folder.file("images"));
  std::vector<std::string> idx = {folder.file("images/train-images-idx3-ubyte"),
                                  folder.file("images/train-labels-idx1-ubyte")};
  std::ofstream(idx[0], std::ios::binary) << idx_bytes(8, {10, 1, 2}, "aabbabcabbbcabcbabca");
  std::ofstream(idx[1], std::ios::binary) << idx_bytes(8, {10}, std::string("\0\1\0\1\0\1\0\1\0\1", 10));
  const std::string activation = first_activation(), loss = first_loss();
  const std::vector<std::string> compare = {"compare",  csv, "--activations", activation,
                                            "--epochs", "1", "--seeds",       "1"};
  std::vector<std::string> compare_images = compare;
  compare_images[1] = folder.file("images");
  const std::vector<std::string> two = {"loss", loss, "--input", npy, "--target", other};
  return {{compare, {csv}, "--report"},    {compare, {csv}, "--json"},
          {compare_images, idx, "--json"}, {two, {npy, other}, "--gradient"},
          {two, {npy, other}, "--output"}, {{"eval", activation, "--input", npy}, {npy}, "--output"}};
}

TEST(Outputs, NoInputIsOverwrittenByWhateverNameItHas) {
  const Folder folder;
  for (const Command& command : commands(folder))
    for (const std::string& input : command.inputs) {
      const std::string before = content(input), ending = fs::path(input).extension().string();
      const std::string link = folder.file("link" + ending), hard = folder.file("hard" + ending);
      fs::create_symlink(input, link);
      fs::create_hard_link(input, hard);
      for (const std::string& name :
           {input, link, hard, folder.file("images/../" + fs::relative(input, folder.path()).string())}) {
        std::vector<std::string> words = command.words;
        words.insert(words.end(), {command.output_option, name});
        const Result result = run(words);
        EXPECT_EQ(result.status, 1) << fmt::format("{} {}", fmt::join(words, " "), result.err);
        EXPECT_TRUE(result.err.starts_with("lossact: " + name + ": this is ")) << result.err;
        EXPECT_NE(result.err.find("no result is written over it"), std::string::npos) << result.err;
        EXPECT_EQ(result.out, "");  // it says so before it begins
        EXPECT_EQ(content(input), before);
      }
      fs::remove(link), fs::remove(hard);
    }
}

TEST(Outputs, WhatCannotBeWrittenIsSaidBeforeTheWork) {
  const Folder folder;
  fs::create_directory(folder.file("folder"));
  std::vector<Command> all = commands(folder);
  all.push_back({{"show", first_activation()}, {}, "--svg"});
  all.push_back({{"eval", first_activation(), "1"}, {}, "--output"});
  const std::vector<std::string> before = folder.names();
  for (const Command& command : all)
    for (const auto& [name, why] : {std::pair(folder.file(std::string(252, 'x') + ".npy"), "File name too long"),
                                    {folder.file("none/a.npy"), "its folder does not exist"},
                                    {folder.file("in.csv/a.npy"), "Not a directory"}}) {
      std::vector<std::string> words = command.words;
      words.insert(words.end(), {command.output_option, name});
      const Result result = run(words);
      EXPECT_EQ(result.status, 1) << fmt::format("{}", fmt::join(words, " "));
      EXPECT_EQ(result.err, fmt::format("lossact: {}: {}\n", name, why));
      EXPECT_EQ(result.out, "");
    }
  EXPECT_EQ(folder.names().size(), before.size());
}

TEST(Outputs, AnEmptyNameIsNoName) {
  const Folder folder;
  for (const Command& command : commands(folder)) {
    std::vector<std::string> words = command.words;
    words.insert(words.end(), {command.output_option, ""});
    const Result result = run(words);
    EXPECT_EQ(result.status, 2) << fmt::format("{}", fmt::join(words, " "));
    EXPECT_EQ(result.err, fmt::format("lossact: {}: '' is not the name of a file\n", command.output_option));
    EXPECT_EQ(result.out, "");
  }
}

TEST(Outputs, TheGalleryLeavesFilesThatAreNotItsOwn) {
  const Folder folder;
  for (const std::string& name :
       {std::string("index.html"), std::string("style.css"), std::string(functions().front()->name) + ".html"}) {
    const std::string file = folder.write(name, "<!DOCTYPE html>\n<p>Mine.</p>\n");
    const Result result = run({"gallery", folder.file("")});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.err.find(name + ": lossact gallery has not written this file, and does not write over it"),
              std::string::npos)
        << result.err;
    EXPECT_EQ(folder.names(), std::vector<std::string>{name});
    EXPECT_EQ(content(file), "<!DOCTYPE html>\n<p>Mine.</p>\n");
    fs::remove(file);
  }
}

TEST(Outputs, WhatIsOpenAlreadyIsWrittenWhereItStands) {
  const Folder folder;
  const std::string csv = folder.write("in.csv", table());
  const Result result = run(
      {"compare", csv, "--activations", first_activation(), "--epochs", "1", "--seeds", "1", "--json", "/dev/stdout"});
  EXPECT_EQ(result.status, 0) << result.err;
  const std::size_t begin = result.out.find("\n{"), end = result.out.rfind("}\n");
  ASSERT_NE(begin, std::string::npos) << result.out;
  EXPECT_GT(begin, 0u);  // behind what was printed before
  EXPECT_TRUE(Json::accept(result.out.substr(begin, end + 2 - begin)));
}

/// The program behind redirections of a shell.
Result redirected(const std::string& redirections, const std::vector<std::string>& words,
                  const std::string& folder = {}) {
  std::vector<std::string> arguments = {"-c", "exec \"$0\" \"$@\" " + redirections, LOSSACT_PROGRAM};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return run_program("/bin/sh", arguments, folder);
}

TEST(StandardFiles, ClosedOrFullTheyAreAnErrorNotACrash) {
  const std::string activation = first_activation();
  const std::vector<std::string> works[] = {
      {"list"},      {"list", "--json"}, {"show", activation}, {"eval", activation, "1"}, {"--help"},
      {"--version"}, {"info"},           {"compare", "--help"}};
  for (const std::vector<std::string>& words : works) {
    EXPECT_EQ(redirected(">/dev/full", words).status, 1) << words[0];
    EXPECT_EQ(redirected(">/dev/full", words).err, "lossact: standard output: No space left on device\n");
    EXPECT_EQ(redirected(">&-", words).status, 1) << words[0];
    EXPECT_EQ(redirected(">&-", words).err, "lossact: standard output: Bad file descriptor\n");
    EXPECT_EQ(redirected("2>&-", words).status, 0) << words[0];
    EXPECT_EQ(redirected("<&- 2>/dev/full", words).status, 0) << words[0];
    EXPECT_EQ(redirected(">&- 2>&- <&-", words).status, 1) << words[0];
  }
  for (const std::string redirections : {"2>&-", "2>/dev/full", ">&- 2>&-", ">/dev/full 2>/dev/full", "<&- >&- 2>&-"}) {
    EXPECT_EQ(redirected(redirections, {}).status, 2) << redirections;
    EXPECT_EQ(redirected(redirections, {"nonsense"}).status, 2) << redirections;
    EXPECT_EQ(redirected(redirections, {"compare", "./none.csv"}).status, 1) << redirections;
    EXPECT_EQ(redirected(redirections, {"eval", activation, "--input", "none", "--output", "o.npy"}).status, 1);
  }
}

// A file gets the lowest number that is free, so one opened in the place of standard output would be printed into.
TEST(StandardFiles, NothingIsPrintedIntoAFileThatTookTheirPlace) {
  const Folder folder;
  folder.write("in.csv", table());
  const std::vector<std::string> words = {"compare",  "in.csv",   "--activations", first_activation(),
                                          "--epochs", "1",        "--seeds",       "1",
                                          "--json",   "out.json", "--report",      "out.html"};
  for (const std::string redirections : {">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full"}) {
    const Result result = redirected(redirections, words, folder.path().string());
    EXPECT_EQ(result.status, redirections == "2>&-" ? 0 : 1) << redirections;
    EXPECT_EQ(content(folder.file("in.csv")), table());
    EXPECT_TRUE(Json::accept(content(folder.file("out.json")))) << redirections;  // what was asked for is there
    EXPECT_TRUE(content(folder.file("out.html")).starts_with("<!DOCTYPE html>"));
    fs::remove(folder.file("out.json")), fs::remove(folder.file("out.html"));
  }
}

/// Does it have anything that a terminal obeys, or that is no text?
void expect_harmless(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    EXPECT_TRUE(byte >= 32 || byte == '\n') << "byte " << int{byte} << " in " << text;
    EXPECT_NE(byte, 127u);
    EXPECT_FALSE(byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) << text;
  }
  for (const char* direction :
       {"\u202A", "\u202B", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069", "\u2028"})
    EXPECT_EQ(text.find(direction), std::string::npos) << text;
  EXPECT_TRUE(Json::accept(Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore)));
  EXPECT_NO_THROW((void)Json(text).dump()) << "this is not UTF-8";
}

TEST(Terminal, NoNameReachesItAsACommand) {
  const Folder folder;
  const std::string activation = first_activation();
  const std::vector<std::string> options = {"--activations", activation, "--epochs", "1", "--seeds", "1"};
  for (const std::string bad : {"\u009B31m", "\u0085", "\u202E", "\u2066", "\u2028", "\u0080\u009F"}) {
    // As the name of a feature, of the target, of classes, and in what is wrong.
    std::string text = fmt::format("a,constant {0},\"what {0}\"\n", bad);
    for (int i = 0; i < 20; ++i) text += fmt::format("{},1,{}\n", i * i % 7, i % 2 ? bad : "plain");
    for (const std::string& data :
         {text, table(bad), table(bad) + "odd," + bad + ",1\n", bad + "," + bad + "\n1,2\n"}) {
      std::vector<std::string> words = {"compare", folder.write("in.csv", data)};
      words.insert(words.end(), options.begin(), options.end());
      const Result result = run(words);
      EXPECT_TRUE(result.status == 0 || !result.err.empty());
      expect_harmless(result.out), expect_harmless(result.err);
    }
  }
  // As words of the command line and names of files.
  for (const std::string bad : {"\u009B31m", "\x1b[31m", "\xff\xfe", "a\rb", "\u202E", "\x7f", "\xc2"}) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{bad},
                                               {"--" + bad},
                                               {"compare", bad},
                                               {"compare", "./" + bad},
                                               {"compare", "digits", "--target", bad},
                                               {"compare", "digits", "--" + bad},
                                               {"compare", "digits", "--task", bad},
                                               {"compare", "digits", bad},
                                               {"eval", activation, bad},
                                               {"eval", bad, "1"},
                                               {"eval", activation, "1", "--set", bad},
                                               {"show", activation, "--svg", bad + "/x"},
                                               {"loss", bad, "--input", bad, "--target", bad},
                                               {"gallery", folder.write("file", "") + "/" + bad}}) {
      const Result result = run(words);
      EXPECT_GT(result.status, 0) << fmt::format("{}", fmt::join(words, " "));
      EXPECT_LT(result.status, 3) << fmt::format("{}", fmt::join(words, " "));
      expect_harmless(result.out), expect_harmless(result.err);
    }
    std::vector<std::string> words = {"compare", folder.write(bad + ".csv", table()), "--json", folder.file(bad)};
    words.insert(words.end(), options.begin(), options.end());
    const Result result = run(words);
    EXPECT_EQ(result.status, 0) << result.err;
    expect_harmless(result.out);
    EXPECT_TRUE(Json::accept(content(folder.file(bad))));
  }
}

}  // namespace
}  // namespace lossact::cli
