// Parameters as text, and the registry that describes itself.
#include <set>
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

// What is shown reads back as the same value, for every parameter of every function.
template <class F>
void round_trip(const F&) {
  using P = typename F::Options;
  for (const P& options : variants<P>()) {
    Settings<P> settings;
    const auto one = [&]<class T>(const Parameter<P, T>& parameter) {
      std::string text = shown(options.*parameter.value);
      if (text == "None") return;  // no weights: not a value that one sets
      if constexpr (std::is_enum_v<T>) text = text.substr(1, text.size() - 2);
      set(settings, parameter.name, text);
      EXPECT_EQ(shown(settings.options.*parameter.value), shown(options.*parameter.value));
      EXPECT_FALSE(legal(parameter).empty());
      for (const std::string_view bad : {"", "x", "1e", "0x", "--1", "nonsense", "1 2"})
        EXPECT_THROW(set(settings, parameter.name, bad), domain_error) << parameter.name << " = '" << bad << "'";
    };
    std::apply([&](const auto&... parameter) { (one(parameter), ...); }, P::parameters);
    EXPECT_THROW(set(settings, "no_such_parameter", "1"), domain_error);
  }
}
const bool round_trips[] = {
    for_all("ParameterText", activations, [](const auto& f) { round_trip(f); }),
    for_all("ParameterText", row_activations, [](const auto& f) { round_trip(f); }),
    for_all("ParameterText", pair_losses, [](const auto& f) { round_trip(f); }),
    for_all("ParameterText", row_losses, [](const auto& f) { round_trip(f); }),
    for_all("ParameterText", informations, [](const auto& f) { round_trip(f); }),
};

TEST(ParameterText, WeightsOwnTheirNumbers) {
  Settings<CrossEntropy> settings;
  set(settings, "weight", "0.5,1,2");
  set(settings, "ignore_index", "-1");
  set(settings, "label_smoothing", "1e-1");
  set(settings, "reduction", "sum");
  ASSERT_EQ(settings.options.weight.size(), 3u);
  EXPECT_EQ(settings.options.weight[2], 2);
  EXPECT_EQ(settings.options.ignore_index, -1);
  EXPECT_EQ(settings.options.label_smoothing, 0.1);
  EXPECT_EQ(settings.options.reduction, Reduction::sum);
}
TEST(ParameterText, RefusalsSayWhatIsExpected) {
  const auto message = [](std::string_view name, std::string_view text) -> std::string {
    Settings<CrossEntropy> settings;
    try {
      set(settings, name, text);
    } catch (const domain_error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message("reduction", "total"), "[cross_entropy] reduction is 'total', expected none | mean | sum");
  EXPECT_EQ(message("reduction", "batchmean"), "[cross_entropy] reduction is 'batchmean', expected none | mean | sum");
  EXPECT_EQ(message("label_smoothing", "2"), "[cross_entropy] label_smoothing is '2', expected a number in [0.0, 1.0]");
  EXPECT_EQ(message("weight", "1,x"),
            "[cross_entropy] weight is '1,x', expected numbers with commas between them, 0.0 or more");
  EXPECT_EQ(message("gamma", "1"),
            "[cross_entropy] has no parameter 'gamma'; it has weight, ignore_index, reduction, label_smoothing, "
            "empty_mean");
}

TEST(Registry, DescribesEveryFunctionOnce) {
  constexpr std::size_t count = std::tuple_size_v<decltype(activations)> +
                                std::tuple_size_v<decltype(row_activations)> +
                                std::tuple_size_v<decltype(pair_losses)> + std::tuple_size_v<decltype(row_losses)> +
                                std::tuple_size_v<decltype(informations)>;
  std::set<std::string_view> names;
  for (const Function& f : functions()) {
    EXPECT_TRUE(names.insert(f.name).second) << f.name << " twice";
    EXPECT_EQ(find(f.name), &f);
    EXPECT_FALSE(f.formula.empty() || f.source.empty()) << f.name;
    EXPECT_TRUE(f.signature.starts_with(std::string(f.name) + "(")) << f.signature;
  }
  EXPECT_EQ(names.size(), count);
  EXPECT_EQ(find("no_such_function"), nullptr);
  EXPECT_EQ(find("mish")->family, "activation");
  EXPECT_EQ(find("information.cross_entropy")->family, "information");
  EXPECT_EQ(find("cross_entropy")->signature,
            "cross_entropy(input, target, *, weight=None, ignore_index=-100, reduction='mean', label_smoothing=0.0, "
            "empty_mean=nan)");
}
TEST(Registry, EluSaturatesThoughTutorialsSayNot) {
  EXPECT_EQ(find("elu")->facts.saturates(), "left");
  EXPECT_NE(find("elu")->note.find("aturates on the left"), std::string_view::npos);
  EXPECT_EQ(find("sigmoid")->facts.saturates(), "both");
  EXPECT_EQ(find("identity")->facts.saturates(), "none");
}

}  // namespace
}  // namespace lossact::testing

/// An array type of somebody else's.
namespace elsewhere {
struct Array {
  float value = 0;
};
template <class F, class Options>
Array lossact_apply(const F& f, const Array& input, const Options& options, lossact::Accuracy accuracy) {
  return {f(input.value, options, accuracy)};
}
}  // namespace elsewhere

TEST(Arrays, OfAnotherLibraryAreOfferedToIt) {
  const elsewhere::Array x{-1.5f};
  EXPECT_EQ(lossact::mish(x).value, lossact::mish(-1.5f));
  EXPECT_EQ(lossact::leaky_relu(x, {.negative_slope = 0.5}).value, -0.75f);
}
