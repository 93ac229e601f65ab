// The same bits on every machine and in every version, unless a change updates bits.txt: hashes of what every function
// computes, equal on all targets and with any number of threads, and equal to those of bits.txt.
#include "tests/library/bits/bits.h"
#include "tests/library/bits/bits_calls.h"
#include "tests/library/bits/bits_numbers.h"
#include "tests/library/vector_calls.h"

namespace lossact::testing {
namespace {

// Around a group, around a block, and long enough for two threads.
constexpr std::size_t kLengths[] = {0, 1, 2, 3, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 4095, 4096, 4097, 9000};
constexpr std::size_t kLong = 20 * 4096 + 13;

template <class T>
void record(const ActivationCalls<T>& f, Accuracy accuracy, Recorder& recorder) {
  const auto all = [&](const Setting& with, const Channels<T>& channels, std::span<const T> x, const char* what) {
    const std::size_t n = x.size();
    const auto dy = ordinary<T>(n, n + 1, 0.3);
    std::vector<T> y(n), dx(n), from_output(n);
    std::vector<double> dw(channels.weight.size());
    recorder.at(with.option, what, n);
    recorder.add("value", [&] { f.value(with, channels, x, y); }, y);
    recorder.add("backward", [&] { f.backward(with, channels, dy, x, dx, dw); }, dx);
    if (f.learned) recorder.add("weight_gradient", [] {}, dw);
    for (const std::span<const T> outputs : {std::span<const T>(y), x})
      recorder.add(
          "backward_from_output", [&] { f.backward_from_output(with, dy, outputs, from_output); }, from_output);
    if (n > 100) return;
    std::vector<T> in_place(x.begin(), x.end()), gradient_in_place = dy;
    recorder.at(with.option, "in place", n);
    recorder.add("value", [&] { f.value(with, channels, in_place, in_place); }, in_place);
    recorder.add(
        "backward", [&] { f.backward(with, channels, gradient_in_place, x, gradient_in_place, dw); },
        gradient_in_place);
  };
  const auto hard = joined({specials<T>(), any_bits<T>(900, 1), ordinary<T>(900, 2), specials<T>()});
  for (std::size_t option = 0; option < f.options; ++option) {
    const Setting with{option, accuracy};
    all(with, {}, hard, "hard numbers");
    recorder.at(option, "numbers", 1);
    for (const T x : specials<T>()) {
      std::vector<T> one;
      recorder.add("value", [&] { one = f.one(with, x); }, one);
    }
  }
  const Setting usual{0, accuracy};
  const auto many = joined({any_bits<T>(65536, 0), ordinary<T>(kLong - 65536, 3)});
  all(usual, {}, many, "many numbers");
  for (const std::size_t n : kLengths) all(usual, {}, std::span(many).last(n + n % 7).first(n), "a length");
  if (!f.learned) return;
  struct Shape {
    std::size_t channels, inner;
  };
  for (const auto [channels, inner] : {Shape{1, 5}, {3, 1}, {3, 5}, {40, 1}, {40, 5}, {3, 4096}, {2, 6000}}) {
    Channels<T> learned{ordinary<T>(channels, 4, 0.25), inner};
    learned.weight[0] = T(channels == 3 ? 0.0 : -0.5);
    const std::size_t group = channels * inner, n = group * std::max<std::size_t>(9000 / group, 1);
    all(usual, learned, std::span(many).last(n), "channels");
    all(usual, learned, std::span(many).first(n), "channels, any numbers");
  }
}

template <class T>
void record(const PairLossCalls<T>& f, Accuracy accuracy, Recorder& recorder) {
  const auto all = [&](const Setting& with, std::span<const T> x, std::span<const T> y, const char* what) {
    const std::size_t n = x.size();
    std::vector<T> dx(n), dy(n);
    std::vector<double> losses(n), above = positive(n, 5);
    double loss = 0;
    recorder.at(with.option, what, n);
    recorder.add("value", [&] { loss = f.value(with, x, y); }, loss);
    recorder.add("with_gradient", [&] { loss = f.with_gradient(with, x, y, dx); }, loss, dx);
    recorder.add("each", [&] { f.each(with, x, y, losses); }, losses);
    for (const double one : {1.5, -1e-30, 1e30}) {
      if (one != 1.5 && n > 1000) break;
      recorder.add("backward", [&] { f.backward(with, std::span(&one, 1), x, y, dx); }, dx);
      recorder.add("backward_target", [&] { f.backward_target(with, std::span(&one, 1), x, y, dy); }, dy);
    }
    if (n > 10000) return;
    recorder.add("backward", [&] { f.backward(with, above, x, y, dx); }, dx);
    recorder.add("backward_target", [&] { f.backward_target(with, above, x, y, dy); }, dy);
    if (n > 100) return;
    std::vector<T> input(x.begin(), x.end()), target(y.begin(), y.end());
    recorder.add("with_gradient", [&] { loss = f.with_gradient(with, input, y, input); }, loss, input);
    recorder.add("with_gradient", [&] { loss = f.with_gradient(with, x, target, target); }, loss, target);
  };
  const auto x = ordinary<T>(kLong, 6, 0.5), signed_y = ordinary<T>(kLong, 7, 0.3);
  std::vector<T> y = signed_y;
  for (T& v : y) v = static_cast<double>(v) < -1 ? T(0) : static_cast<double>(v) < 0 ? T(-static_cast<double>(v)) : v;
  const auto hard = joined({specials<T>(), any_bits<T>(600, 8), specials<T>()}),
             hard_y = joined({std::vector<T>(specials<T>().size(), T(0.25)), any_bits<T>(600, 9), specials<T>()});
  for (std::size_t option = 0; option < f.options; ++option)
    for (const bool weighted : {false, true}) {
      if (weighted && !f.takes_weights) continue;
      const auto weight = positive(kLong, 10);
      const auto with = [&](std::size_t n) {
        return Setting{option, accuracy, weighted ? std::span(weight).first(n) : Weights()};
      };
      for (const std::size_t n : {0ul, 1ul, 17ul, 4097ul})
        all(with(n), std::span(x).first(n), std::span(y).first(n), "ordinary numbers");
      all(with(1000), std::span(x).last(1000), std::span(signed_y).last(1000), "signed targets");
      all(with(hard.size()), hard, hard_y, "hard numbers");
      if (option != 0) continue;
      for (const std::size_t n : kLengths) all(with(n), std::span(x).last(n), std::span(y).last(n), "a length");
      all(with(kLong), x, y, "many numbers");
    }
}

struct Size {
  std::size_t rows, classes;
};
// Sizes on different code paths: up to sixteen classes, more than fit a cache, few rows, one row that threads share.
constexpr Size kSizes[] = {{35, 1},   {35, 2},   {35, 3},   {35, 8},    {35, 10},   {35, 15},    {35, 16},
                           {35, 17},  {35, 31},  {35, 32},  {35, 33},   {20, 64},   {9, 100},    {33, 1000},
                           {1, 4095}, {2, 4096}, {4, 4097}, {1, 20000}, {1, 40000}, {1, 140001}, {0, 5}};
constexpr Size kFewSizes[] = {{18, 1}, {18, 2}, {18, 10}, {18, 16}, {18, 17}, {9, 33}, {5, 100}, {1, 4097}, {0, 3}};

template <class T>
void record(const RowActivationCalls<T>& f, Accuracy accuracy, Recorder& recorder) {
  const auto all = [&](const Setting& with, const Layout<T>& layout, std::size_t kind, const char* what) {
    const auto x = rows_of(layout, kind, 11), dy = rows_of(layout, 0, 12);
    std::vector<T> y(x.size(), T(7)), dx = y, in_place = x, gradient_in_place = dy;
    recorder.at(with.option, what, layout.classes);
    recorder.add("value", [&] { f.value(with, layout, x.data(), y.data()); }, y);
    recorder.add("backward", [&] { f.backward(with, layout, dy.data(), x.data(), dx.data()); }, dx);
    recorder.add(
        "backward_from_output", [&] { f.backward_from_output(with, layout, dy.data(), y.data(), dx.data()); }, dx);
    if (layout.classes > 100) return;
    recorder.add("value", [&] { f.value(with, layout, in_place.data(), in_place.data()); }, in_place);
    recorder.add(
        "backward", [&] { f.backward(with, layout, gradient_in_place.data(), x.data(), gradient_in_place.data()); },
        gradient_in_place);
  };
  for (std::size_t option = 0; option < f.options; ++option) {
    const Setting with{option, accuracy};
    for (const auto [rows, classes] : kSizes) all(with, {rows, classes}, classes % 7, "rows");
    for (const auto [rows, classes] : kFewSizes) {
      all(with, {rows, classes, 3}, 8, "rows with a stride, special numbers");
      all(with, {(rows + 2) / 3, classes, 0, 5}, 0, "a class axis");
    }
  }
}

template <class T>
void record(const RowLossCalls<T>& f, Accuracy accuracy, Recorder& recorder) {
  const auto compared = [&](const Setting& with, const Layout<T>& layout, const std::vector<T>& x,
                            const RowTarget<T>& target, const char* what) {
    std::vector<T> dx(x.size(), T(7)), dt = dx;
    std::vector<double> losses(layout.rows()), above = positive(layout.rows(), 13);
    double loss = 0;
    recorder.at(with.option, what, layout.classes);
    recorder.add("value", [&] { loss = f.value(with, layout, x.data(), target); }, loss);
    recorder.add("with_gradient", [&] { loss = f.with_gradient(with, layout, x.data(), target, dx.data()); }, loss, dx);
    const double one = 1.5, little = 1e-39, much = 1e36;
    const auto backward = [&](std::span<const double> dl) {
      recorder.add("backward", [&] { f.backward(with, layout, dl, x.data(), target, dx.data()); }, dx);
    };
    const auto backward_target = [&](std::span<const double> dl) {
      recorder.add("backward_target", [&] { f.backward_target(with, layout, dl, x.data(), target, dt.data()); }, dt);
    };
    if (layout.classes > 100000) return;
    backward_target(std::span(&one, 1));
    if (layout.classes > 10000) return;
    recorder.add("each", [&] { f.each(with, layout, x.data(), target, losses); }, losses);
    backward_target(above);
    backward(std::span(&one, 1));
    backward(above);
    if (layout.classes > 100) return;
    backward(std::span(&little, 1));
    backward(std::span(&much, 1));
    std::vector<T> in_place = x;
    recorder.add(
        "with_gradient", [&] { loss = f.with_gradient(with, layout, in_place.data(), target, in_place.data()); }, loss,
        in_place);
  };
  const auto all = [&](const Setting& with, const Layout<T>& layout, std::size_t kind, bool every_type) {
    const auto x = rows_of(layout, kind, 14);
    Generator random(15);
    RowTarget<T> longs, ints, bytes, soft;
    for (std::size_t r = 0; r < layout.rows(); ++r) {
      const std::size_t y = random.below(layout.classes);
      longs.longs.push_back(r % 7 == 5 ? -100 : static_cast<std::int64_t>(y));
      ints.ints.push_back(static_cast<std::int32_t>(longs.longs.back()));
      bytes.bytes.push_back(static_cast<std::uint8_t>(y));
    }
    soft.probabilities.assign(layout.elements(), T(0.125));
    for (std::size_t r = 0; r < layout.rows(); ++r)
      for (std::size_t c = 0; c < layout.classes; ++c)
        soft.probabilities[layout.at(r, c)] =
            T(random.below(3) == 0 ? 0 : 2 * random.unit() / static_cast<double>(layout.classes));
    compared(with, layout, x, longs, "classes");
    compared(with, layout, x, soft, "probabilities");
    if (!every_type) return;
    compared(with, layout, x, ints, "classes of 32 bits");
    if (layout.classes < 256) compared(with, layout, x, bytes, "classes of 8 bits");
    compared(with, layout, x, {.longs = std::vector<std::int64_t>(layout.rows(), layout.classes > 1)}, "one class");
    const auto hard = rows_of(layout, 8, 16);
    compared(with, layout, hard, longs, "classes, special numbers");
    compared(with, layout, hard, soft, "probabilities, special numbers");
    compared(with, layout, x, {.probabilities = hard}, "special probabilities");
  };
  const auto weight = positive(140001, 17);
  for (std::size_t option = 0; option < f.options; ++option)
    for (const bool weighted : {false, true}) {
      if (weighted && !f.takes_weights) continue;
      const auto with = [&](std::size_t classes) {
        return Setting{option, accuracy, weighted ? std::span(weight).first(classes) : Weights()};
      };
      for (const auto [rows, classes] : kFewSizes) {
        if (option != 0 && classes > 1000 && weighted != f.takes_weights) continue;
        const bool every_type = option == 0 || classes == 10 || classes == 33;
        all(with(classes), {rows, classes, option % 2 ? 3ul : 0ul}, 0, every_type);
        if (classes < 1000) all(with(classes), {(rows + 2) / 3, classes, 0, 5}, 3, false);
      }
      if (option == 0)
        for (const auto [rows, classes] : kSizes)
          if (!weighted || classes < 1000) all(with(classes), {rows, classes}, classes % 7, false);
    }
}

template <class T, class P>
struct HalvesCalls {
  static constexpr Callable<P> f{};
};
template <class T, class P>
void record(const HalvesCalls<T, P>& calls, Accuracy accuracy, Recorder& recorder) {
  const auto all = [&](std::span<const T> x, std::size_t outer, std::size_t n, std::size_t inner, const char* what) {
    const auto dy = ordinary<T>(outer * n * inner, n + 1, 0.3);
    std::vector<T> y(dy.size()), dx(2 * dy.size());
    const auto view = [&](auto data, std::size_t axis) {
      return ClassAxis<std::remove_pointer_t<decltype(data)>>{data, outer, axis, inner};
    };
    const P options;
    recorder.at(0, what, n);
    recorder.add("value", [&] { calls.f(view(x.data(), 2 * n), view(y.data(), n), options, accuracy); }, y);
    recorder.add(
        "backward",
        [&] { calls.f.backward(view(dy.data(), n), view(x.data(), 2 * n), view(dx.data(), 2 * n), options, accuracy); },
        dx);
  };
  const auto hard = joined({specials<T>(), any_bits<T>(900, 1), ordinary<T>(900, 2), specials<T>(), any_bits<T>(900, 3),
                            specials<T>(), ordinary<T>(900, 4), specials<T>()});
  all(hard, 1, hard.size() / 2, 1, "hard numbers");
  const auto x = ordinary<T>(2 * kLong, 5);
  for (const std::size_t n : kLengths) all(x, 1, n, 1, "a length"), all(x, 3, n, 1, "rows"), all(x, 2, n, 3, "an axis");
  all(x, 1, kLong, 1, "many numbers");
}
template <class T, class P>
struct GateCalls {
  static constexpr Callable<P> f{};
};
template <class T, class P>
void record(const GateCalls<T, P>& calls, Accuracy accuracy, Recorder& recorder) {
  const auto all = [&](std::span<const T> a, std::span<const T> b, const char* what) {
    const std::size_t n = a.size();
    const auto dy = ordinary<T>(n, n + 1, 0.3);
    std::vector<T> y(n), da(n), db(n), alone(n);
    const P options;
    recorder.at(0, what, n);
    recorder.add("value", [&] { calls.f(a, b, y, options, accuracy); }, y);
    recorder.add("backward", [&] { calls.f.backward(dy, a, b, {da, db}, options, accuracy); }, da, db);
    recorder.add("backward", [&] { calls.f.backward(dy, a, b, alone, options, accuracy); }, alone);
  };
  const auto hard = joined({specials<T>(), any_bits<T>(900, 1), ordinary<T>(900, 2), specials<T>()}),
             other = joined({any_bits<T>(900, 3), specials<T>(), ordinary<T>(900, 4), specials<T>()});
  all(hard, std::span(other).first(hard.size()), "hard numbers");
  const auto a = ordinary<T>(kLong, 5), b = ordinary<T>(kLong, 6);
  for (const std::size_t n : kLengths) all(std::span(a).last(n), std::span(b).last(n), "a length");
  all(a, b, "many numbers");
}
/// The calls of a loss of vectors with each of its options.
template <class T, class P>
struct VectorLossCalls {
  using Type = T;
  static const Function& function() { return detail::function_of<P>(); }
};
template <class T, class P>
void record(const VectorLossCalls<T, P>& f, Accuracy accuracy, Recorder& recorder) {
  if (accuracy != faithful) return;  // both give the same
  const std::vector<P> options = options_of<P>();
  for (std::size_t option = 0; option < options.size(); ++option)
    for (const bool weighted : {false, true}) {
      if (weighted && !has_weights<P>) continue;
      const auto all = [&](VectorLayout layout, const char* what) {
        VectorCall<T> call(f.function(), layout, 21);
        if (layout.axis > 8 && option == 0) call.set(0, layout.rows - 1, layout.axis / 2, T(inf));
        double loss = 0;
        std::vector<double> losses;
        std::vector<T> gradients;
        const auto gradients_of = [&](const auto& made) { made(), gradients = call.gradients(); };
        recorder.at(option, what, layout.axis);
        recorder.add("value", [&] { loss = call.value(&options[option], weighted); }, loss);
        recorder.add("each", [&] { losses = call.each(&options[option], weighted); }, losses);
        recorder.add(
            "with_gradient", [&] { gradients_of([&] { loss = call.with_gradients(&options[option], weighted); }); },
            loss, gradients);
        P none = options[option];
        none.reduction = Reduction::none;
        recorder.add(
            "backward", [&] { gradients_of([&] { call.backward(&none, positive(layout.rows, 13), weighted); }); },
            gradients);
      };
      for (const auto [rows, axis] : kFewSizes) {
        if (rows == 0 || (option != 0 && axis > 1000)) continue;
        all({rows, axis}, "vectors");
        all({rows, axis, rows, 2}, "vectors side by side");
      }
      if (option == 0)
        for (const std::size_t axis : {4095ul, 4096ul, 4097ul, 70000ul}) all({2, axis}, "long vectors");
    }
}
void record(std::nullptr_t, Accuracy, Recorder&) {}
void record(const InformationCalls& f, Accuracy accuracy, Recorder& recorder) {
  if (accuracy != faithful) return;  // both give the same
  const auto all = [&](const Setting& with, std::span<const double> p, std::span<const double> q, const char* what) {
    std::vector<double> values, slopes;
    recorder.at(with.option, what, p.size());
    recorder.add("value", [&] { values = f.value(with, p, q); }, values);
    recorder.add("gradient", [&] { slopes = f.gradient(with, p, q); }, slopes);
  };
  const auto distribution = [](std::size_t n, std::uint64_t seed) {
    auto p = positive(n, seed);
    p[n / 2] = 1;
    double total = 0;
    for (const double v : p) total += v;
    for (double& v : p) v /= total;
    return p;
  };
  for (std::size_t option = 0; option < f.options; ++option) {
    const Setting with{.option = option};
    for (const std::size_t n :
         {1ul, 2ul, 3ul, 15ul, 16ul, 17ul, 37ul, 255ul, 256ul, 257ul, 1000ul, 4095ul, 4096ul, 4097ul, 9000ul}) {
      const auto p = distribution(n, n), q = distribution(n, n + 1);
      all(with, p, q, "distributions");
      all(with, p, p, "the same distribution");
    }
    const std::vector<double> certain = {0, 1, 0}, small = {5e-324, 1 - 1e-17, 1e-310}, spoilt = {0.5, nan, 0.5},
                              third = {1 / 3., 1 / 3., 1 / 3.};
    for (const auto& p : {certain, small, spoilt, third})
      for (const auto& q : {certain, small, spoilt, third}) all(with, p, q, "special distributions");
    for (const double p : {0.0, -0.0, 5e-324, 1e-310, 1e-300, 0.1, 0.5, 1.0, 1.0000005, 2.0, -0.1, nan})
      all(with, std::span(&p, 1), std::span(&p, 1), "one probability");
  }
}

/// The hashes of a function on the target and with the threads in use; of(T()) are its calls for T.
template <class Of>
Hashes hashes_of(const std::string& name, const Of& of) {
  Hashes hashes;
  std::size_t column = 0;
  all_types([&]<class T>(T) {
    const auto calls = of(T());
    for (const Accuracy accuracy : {faithful, fast}) {
      Recorder recorder(name, column++);
      record(calls, accuracy, recorder);
      recorder.move_into(hashes);
    }
  });
  return hashes;
}
/// A line for each pass and column in which two hashes differ.
std::string differences(const std::string& name, const Hashes& expected, const Hashes& found) {
  Hashes passes = expected;
  passes.insert(found.begin(), found.end());
  const auto hash = [](const Hashes& all, const std::string& pass, std::size_t column) {
    const auto place = all.find(pass);
    return place == all.end() ? std::nullopt : place->second[column];
  };
  std::string lines;
  for (const auto& [pass, columns] : passes)
    for (std::size_t c = 0; c < kColumns.size(); ++c)
      if (const auto was = hash(expected, pass, c), is = hash(found, pass, c); was != is)
        lines +=
            name + ", " + pass + ", " + kColumns[c] + ": " + shown_hash(is) + ", expected " + shown_hash(was) + "\n";
  return lines;
}

constexpr const char* kHowToWrite =
    "Where that is meant, LOSSACT_WRITE_BITS=1 library_test --gtest_filter='Bits.*' writes tests/library/bits/bits.txt "
    "anew.";

template <class Of>
void same_bits(const std::string& name, const Of& of) {
  std::optional<Hashes> first;
  bool same = true;
  for (const std::string_view target : targets::available())
    for (const int threads : {1, 2}) {
      if (threads == 1 && first) continue;  // how work is cut for threads does not depend on the target
      targets::use(target);
      set_num_threads(threads);
      const Hashes here = hashes_of(name, of);
      if (!first) first = here;
      const std::string different = differences(name, *first, here);
      same = same && different.empty();
      EXPECT_TRUE(different.empty()) << "on " << target << " with " << threads << " threads, unlike on "
                                     << targets::available().front() << " with one:\n"
                                     << different;
    }
  targets::use("");
  set_num_threads(0);
  BitsFile file;
  if (BitsFile::rewritten()) {
    if (same) file.functions[name] = *first, file.write();
  } else if (file.functions.contains(name)) {
    const std::string different = differences(name, file.functions[name], *first);
    EXPECT_TRUE(different.empty()) << "unlike in bits.txt:\n" << different << kHowToWrite;
  }
}
const bool activation_bits = for_all("Bits", activations, []<class P>(const Callable<P>&) {
  same_bits(std::string(P::about.name), []<class T>(T) { return ActivationCallsOf<P, T>(); });
});
const bool pair_loss_bits = for_all("Bits", losses_of_two, []<class P>(const OfTwo<P>&) {
  same_bits(std::string(P::about.name), []<class T>(T) { return PairLossCallsOf<P, T>(); });
});
const bool row_activation_bits = for_all("Bits", row_activations, []<class P>(const Callable<P>&) {
  same_bits(std::string(P::about.name), []<class T>(T) { return RowActivationCallsOf<P, T>(); });
});
const bool row_loss_bits = for_all("Bits", row_losses, []<class P>(const Callable<P>&) {
  same_bits(std::string(P::about.name), []<class T>(T) { return RowLossCallsOf<P, T>(); });
});
const bool halves_bits = for_all("Bits", halves_functions, []<class P>(const Callable<P>&) {
  same_bits(std::string(P::about.name), []<class T>(T) { return HalvesCalls<T, P>(); });
});
const bool gate_bits = for_all("Bits", gates, []<class P>(const Callable<P>&) {
  same_bits(std::string(P::about.name), []<class T>(T) { return GateCalls<T, P>(); });
});
const bool vector_loss_bits = for_all("Bits", vector_losses, []<class P>(const Callable<P>&) {
  same_bits(std::string(P::about.name), []<class T>(T) { return VectorLossCalls<T, P>(); });
});
const bool information_bits = for_all("Bits", informations, []<class P>(const Callable<P>&) {
  same_bits("information." + std::string(P::about.name), []<class T>(T) {
    if constexpr (std::is_same_v<T, double>) return InformationCallsOf<P>();
    else return nullptr;
  });
});

TEST(Bits, FileHasEveryFunctionAndNoOther) {
  BitsFile file;
  const auto gone = [](const auto& entry) { return find(entry.first) == nullptr; };
  if (BitsFile::rewritten()) {
    if (std::erase_if(file.functions, gone)) file.write();
    return;
  }
  for (const Function* f : functions())
    EXPECT_TRUE(file.functions.contains(std::string(f->name))) << f->name << " has no line. " << kHowToWrite;
  for (const auto& entry : file.functions)
    EXPECT_FALSE(gone(entry)) << entry.first << " is no function. " << kHowToWrite;
}

}  // namespace
}  // namespace lossact::testing
