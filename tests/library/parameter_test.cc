// Parameters as text, and what the registry says of its functions.
#include <set>
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

/// A few legal values of a parameter, as text.
std::vector<std::string> values_of(const Function& f, const ParameterInfo& p) {
  std::vector<std::string> all;
  for (const Choice<int>& choice : p.choices) all.emplace_back(choice.name);
  for (const char* text : {"0.5", "1e-08", "-3", "1", "2", "3", "7", "inf", "nan", "true", "False"}) {
    Options options(f);
    try {
      options.set(p.name, text);
      all.emplace_back(text);
    } catch (const domain_error&) {
      // Not of this kind, or not legal.
    }
  }
  return all;
}

// The text of a value reads back as the same value, for every parameter of every function.
const bool round_trips = for_all("ParameterText", functions(), [](const Function& f) {
  for (const ParameterInfo& p : f.parameters) {
    const std::vector<std::string> values = values_of(f, p);
    EXPECT_GE(values.size(), 2u) << p.name;
    for (const std::string& value : values) {
      Options first(f), second(f);
      first.set(p.name, value);
      std::string text = shown(p, first.data());
      if (p.kind == Kind::choice) text = text.substr(1, text.size() - 2);
      second.set(p.name, text);
      EXPECT_EQ(shown(p, second.data()), shown(p, first.data()));
      EXPECT_EQ(std::memcmp(p.at(first.data()), p.at(second.data()), p.kind == Kind::boolean ? 1 : 4), 0);
    }
    EXPECT_FALSE(legal(p).empty());
    Options options(f);
    for (const std::string_view bad : {"", "x", "1e", "0x", "--1", "nonsense", "1 2"}) {
      EXPECT_THROW(options.set(p.name, bad), domain_error) << p.name << " = '" << bad << "'";
      EXPECT_EQ(shown(p, options.data()), default_of(f, p));
    }
  }
  Options options(f);
  EXPECT_THROW(options.set("no_such_parameter", "1"), domain_error);
});

TEST(ParameterText, WeightsOwnTheirNumbers) {
  Options options(cross_entropy);
  options.set("weight", "0.5,1,2");
  options.set("ignore_index", "-1");
  options.set("label_smoothing", "1e-1");
  options.set("reduction", "sum");
  const Options copy = options;
  options.set("weight", "3");
  ASSERT_EQ(copy.numbers(2).size(), 3u);
  EXPECT_EQ(copy.numbers(2)[2], 2);
  const auto& set = *static_cast<const CrossEntropy*>(copy.data());
  EXPECT_EQ(set.ignore_index, -1);
  EXPECT_EQ(set.label_smoothing, 0.1);
  EXPECT_EQ(set.reduction, Reduction::sum);
  const double weight[] = {1, 2};
  const Options typed(cross_entropy.with({.weight = weight, .label_smoothing = 0.25}));
  EXPECT_TRUE(std::ranges::equal(typed.numbers(2), weight));
  EXPECT_EQ(static_cast<const CrossEntropy*>(typed.data())->label_smoothing, 0.25);
  EXPECT_TRUE(static_cast<const CrossEntropy*>(typed.data())->weight.empty());
}
TEST(ParameterText, RefusalsSayWhatIsExpected) {
  const auto message = [](std::string_view name, std::string_view text) -> std::string {
    Options options(cross_entropy);
    try {
      options.set(name, text);
    } catch (const domain_error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message("reduction", "total"), "[cross_entropy] reduction is 'total', expected none | mean | sum");
  EXPECT_EQ(message("reduction", "batchmean"), "[cross_entropy] reduction is 'batchmean', expected none | mean | sum");
  EXPECT_EQ(message("label_smoothing", "2"), "[cross_entropy] label_smoothing is '2', expected a number in [0.0, 1.0]");
  EXPECT_EQ(message("weight", "1,x"),
            "[cross_entropy] weight is '1,x', expected numbers of 0 or more with commas between them");
  EXPECT_EQ(message("gamma", "1"),
            "[cross_entropy] has no parameter 'gamma'; it has weight, ignore_index, reduction, label_smoothing, "
            "empty_mean");
}

TEST(Registry, DescribesEveryFunctionOnce) {
  constexpr std::size_t count =
      std::tuple_size_v<decltype(activations)> + std::tuple_size_v<decltype(row_activations)> +
      std::tuple_size_v<decltype(element_losses)> + std::tuple_size_v<decltype(row_losses)> +
      std::tuple_size_v<decltype(vector_losses)> + std::tuple_size_v<decltype(gates)> +
      std::tuple_size_v<decltype(halves_functions)> + std::tuple_size_v<decltype(informations)>;
  std::set<std::string_view> names;
  for (const Function* f : functions()) {
    EXPECT_TRUE(names.insert(f->name).second) << f->name << " twice";
    EXPECT_EQ(find(f->name), f);
    EXPECT_FALSE(f->about.formula.empty() || f->about.source.empty() || f->summary.empty()) << f->name;
    EXPECT_TRUE(signature(*f).starts_with(std::string(f->name) + "(")) << signature(*f);
  }
  EXPECT_EQ(names.size(), count);
  EXPECT_EQ(find("no_such_function"), nullptr);
  EXPECT_EQ(find("mish")->topic, "activation");
  EXPECT_EQ(find("information.cross_entropy")->topic, "information");
  EXPECT_EQ(signature(*find("cross_entropy")),
            "cross_entropy(input, target, *, weight=None, ignore_index=-100, reduction='mean', label_smoothing=0.0, "
            "empty_mean=nan)");
}
TEST(Registry, EluSaturatesThoughTutorialsSayNot) {
  EXPECT_EQ(find("elu")->facts_of_defaults().saturates(), "left");
  EXPECT_NE(find("elu")->about.note.find("aturates on the left"), std::string_view::npos);
  EXPECT_EQ(find("sigmoid")->facts_of_defaults().saturates(), "both");
  EXPECT_EQ(find("identity")->facts_of_defaults().saturates(), "none");
}

}  // namespace
}  // namespace lossact::testing

/// An array type of another library.
namespace elsewhere {
struct Array {
  float value = 0;
};
template <class F, class Options>
Array lossact_apply(const F& f, const Options& options, lossact::Accuracy accuracy, const Array& input) {
  return {f(input.value, options, accuracy)};
}
}  // namespace elsewhere

TEST(Arrays, OfAnotherLibraryAreOfferedToIt) {
  const elsewhere::Array x{-1.5f};
  EXPECT_EQ(lossact::mish(x).value, lossact::mish(-1.5f));
  EXPECT_EQ(lossact::leaky_relu(x, {.negative_slope = 0.5}).value, -0.75f);
}
