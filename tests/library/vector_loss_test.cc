// Losses of vectors: their gradients, and that neither layout, batch, type nor thread changes a bit.
#include "tests/library/vector_calls.h"
#include "lossact/threads.h"

namespace lossact::testing {
namespace {

constexpr std::size_t kAxes[] = {1, 2, 3, 15, 16, 17, 40, 513, 4097};

template <class P>
const Function& info() {
  return detail::function_of<P>();
}
template <class P>
std::vector<bool> weightings() {
  return has_weights<P> ? std::vector<bool>{false, true} : std::vector<bool>{false};
}
/// With every reduction that has one number.
template <class P>
std::vector<P> reduced_variants() {
  std::vector<P> all = variants<P>();
  P sum;
  sum.reduction = Reduction::sum;
  all.push_back(sum);
  if constexpr (requires { sum.p; }) {
    for (const int power : {1, 2, 3}) {
      P options;
      options.p = power;
      if (info<P>().legal(&options)) all.push_back(options);
    }
  }
  return all;
}

// Gradients against central differences of the loss.
const bool gradients_agree = for_all("Gradient", vector_losses, []<class P>(const Callable<P>&) {
  for (const P& options : reduced_variants<P>())
    for (const bool weighted : weightings<P>())
      for (const VectorLayout layout :
           {VectorLayout{3, 1}, {4, 3}, {18, 16}, {3, 17}, {2, 600}, {6, 5, 3}, {4, 40, 2}}) {
        VectorCall<double> call(info<P>(), layout);
        call.with_gradients(&options, weighted);
        for (std::size_t i = 0; i < info<P>().arguments.size(); ++i)
          for (std::size_t r = 0; call.has_gradient(i) && r < layout.rows; ++r)
            for (std::size_t c = 0; c < layout.axis; c += 1 + layout.axis / 20) {
              const double here = call.get(i, r, c), h = 1e-6;
              if (info<P>().input == Meaning::probabilities && (here < h || here > 1 - h)) continue;
              const auto at = [&](double v) {
                call.set(i, r, c, v);
                return call.value(&options, weighted);
              };
              const double above = at(here + h), below = at(here - h);
              call.set(i, r, c, here);
              EXPECT_NEAR(call.gradient(i, r, c), (above - below) / (2 * h), 2e-8)
                  << text_of(options) << " of " << layout.axis << ", argument " << i << ", " << r << ", " << c;
            }
      }
});

template <class T, class P>
void same_bits() {
  for (const P& options : reduced_variants<P>())
    for (const bool weighted : weightings<P>())
      for (const std::size_t axis : kAxes) {
        SCOPED_TRACE(text_of(options) + " of " + std::to_string(axis));
        const auto in = [&](VectorLayout layout, bool in_place = false) {
          return VectorCall<T>(info<P>(), layout).bits_of(&options, weighted, in_place);
        };
        const Bits plain = in({18, axis});
        EXPECT_EQ(in({18, axis, 1, 2}), plain) << "every second element";
        EXPECT_EQ(in({18, axis, 3}), plain) << "the axis in the middle";
        EXPECT_EQ(in({18, axis, 18}), plain) << "the axis first";
        EXPECT_EQ(in({18, axis, 1, 1, 1}), plain) << "at an odd address";
        EXPECT_EQ(in({18, axis}, true), plain) << "in place";
        if (axis > 600) break;
      }
}
const bool layouts = for_all("Layout", vector_losses,
                             []<class P>(const Callable<P>&) { all_types([]<class T>(T) { same_bits<T, P>(); }); });

// A row's bits do not depend on the rows beside it, and reduced losses are those of the rows, reduced.
const bool alone = for_all("RowAlone", vector_losses, []<class P>(const Callable<P>&) {
  P sum;
  sum.reduction = Reduction::sum;
  for (const std::size_t axis : kAxes) {
    const VectorCall<float> together(info<P>(), {37, axis});
    const std::vector<double> losses = together.each(&sum);
    double total = 0;
    for (std::size_t r = 0; r < losses.size(); ++r) {
      VectorCall<float> one(info<P>(), {1, axis});
      const double loss = one.value(&sum);  // its class and target are those of the first row
      EXPECT_TRUE(r > 0 || loss == losses[r]) << axis;
      total += losses[r];
    }
    EXPECT_NEAR(together.value(&sum), total, 1e-12 * (1 + total)) << axis;
    const P mean;
    EXPECT_DOUBLE_EQ(together.value(&mean), together.value(&sum) / 37) << axis;
  }
});

const bool scales = for_all("Backward", vector_losses, []<class P>(const Callable<P>&) {
  P none, sum;
  none.reduction = Reduction::none, sum.reduction = Reduction::sum;
  for (const std::size_t axis : {3ul, 16ul, 40ul}) {
    VectorCall<double> call(info<P>(), {5, axis}), scaled(info<P>(), {5, axis}), twice(info<P>(), {5, axis});
    call.with_gradients(&sum);
    scaled.backward(&none, {1, 2, 4, 0, -8});
    twice.backward(&sum, {2});
    for (std::size_t i = 0; i < info<P>().arguments.size(); ++i)
      for (std::size_t r = 0; call.has_gradient(i) && r < 5; ++r)
        for (std::size_t c = 0; c < axis; ++c) {
          constexpr double factor[] = {1, 2, 4, 0, -8};
          EXPECT_EQ(scaled.gradient(i, r, c), factor[r] * call.gradient(i, r, c));
          EXPECT_EQ(twice.gradient(i, r, c), 2 * call.gradient(i, r, c));
        }
  }
});

// The loss of halves is that of the same numbers as floats.
const bool halves = for_all("LossOfHalves", vector_losses, []<class P>(const Callable<P>&) {
  const P options;
  for (const std::size_t axis : kAxes) {
    VectorCall<bfloat16> half(info<P>(), {5, axis});
    VectorCall<float> single(info<P>(), {5, axis});
    for (std::size_t i = 0; i < info<P>().arguments.size(); ++i)
      for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t c = 0; c < axis; ++c) single.set(i, r, c, static_cast<float>(half.get(i, r, c)));
    EXPECT_EQ(half.each(&options), single.each(&options)) << axis;
    half.with_gradients(&options), single.with_gradients(&options);
    for (std::size_t i = 0; i < info<P>().arguments.size(); ++i)
      for (std::size_t c = 0; half.has_gradient(i) && c < axis; ++c)
        EXPECT_NEAR(static_cast<float>(half.gradient(i, 1, c)), single.gradient(i, 1, c),
                    std::abs(single.gradient(i, 1, c)) / 256 + 1e-37f);
  }
});

const bool targets_agree = for_all("Targets", vector_losses, []<class P>(const Callable<P>&) {
  for (const P& options : reduced_variants<P>())
    for (const bool weighted : weightings<P>())
      for (const std::size_t axis : kAxes) {
        std::optional<Bits> first;
        for (const std::string_view target : targets::available()) {
          targets::use(target);
          Bits here = VectorCall<float>(info<P>(), {19, axis}).bits_of(&options, weighted);
          const Bits wide = VectorCall<double>(info<P>(), {19, axis}).bits_of(&options, weighted);
          here.insert(here.end(), wide.begin(), wide.end());
          if (!first) first = here;
          EXPECT_EQ(here, *first) << "on " << target << ": " << text_of(options) << " of " << axis;
        }
        targets::use("");
      }
});

// Rows that the threads share too.
const bool threads = for_all("Threads", vector_losses, []<class P>(const Callable<P>&) {
  const P options;
  for (const VectorLayout layout : {VectorLayout{5000, 7}, {600, 200}, {3, 70000}, {1, 300001}}) {
    std::optional<Bits> first;
    for (const int count : {1, 2, 3}) {
      set_num_threads(count);
      const Bits here = VectorCall<float>(info<P>(), layout).bits_of(&options, false);
      if (!first) first = here;
      EXPECT_EQ(here == *first, true) << count << " threads, rows of " << layout.axis;
    }
    set_num_threads(0);
  }
});

// A NaN makes its row's loss and gradients NaN, and no other's.
const bool special_values = for_all("SpecialValues", vector_losses, []<class P>(const Callable<P>&) {
  for (const P& options : reduced_variants<P>())
    for (const std::size_t axis : {1ul, 3ul, 16ul, 17ul, 600ul})
      for (std::size_t i = 0; i < info<P>().arguments.size(); ++i)
        for (const std::size_t place : {std::size_t{0}, axis / 2, axis - 1}) {
          VectorCall<float> call(info<P>(), {5, axis});
          if (!call.is_element(i)) continue;
          call.set(i, 2, place, std::numeric_limits<float>::quiet_NaN());
          const std::vector<double> losses = call.each(&options);
          EXPECT_TRUE(std::isnan(call.with_gradients(&options)));
          for (std::size_t r = 0; r < 5; ++r) {
            EXPECT_EQ(std::isnan(losses[r]), r == 2) << text_of(options) << " of " << axis << ", argument " << i;
            for (std::size_t c = 0; c < axis; ++c) EXPECT_EQ(std::isnan(call.gradient(0, r, c)), r == 2);
          }
        }
});

const bool claims = for_all("Facts", vector_losses, []<class P>(const Callable<P>&) {
  for (const P& options : reduced_variants<P>()) {
    const Facts facts = options.facts();
    VectorCall<double> call(info<P>(), {200, 4}, 3), other(info<P>(), {200, 4}, 4), between(info<P>(), {200, 4}, 4);
    for (std::size_t r = 0; r < 200; ++r)
      for (std::size_t c = 0; c < 4; ++c) between.set(0, r, c, (call.get(0, r, c) + other.get(0, r, c)) / 2);
    for (std::size_t i = 1; i < info<P>().arguments.size(); ++i)
      for (std::size_t r = 0; r < 200; ++r)
        for (std::size_t c = 0; c < 4; ++c)
          other.set(i, r, c, call.get(i, r, c)), between.set(i, r, c, call.get(i, r, c));
    const auto a = call.each(&options), b = other.each(&options), middle = between.each(&options);
    for (std::size_t r = 0; r < 200; ++r) {
      EXPECT_GE(a[r], facts.range.low - 1e-12);
      EXPECT_LE(a[r], facts.range.high + 1e-12);
      EXPECT_TRUE(!facts.convex || middle[r] <= (a[r] + b[r]) / 2 + 1e-12) << text_of(options);
    }
  }
});

/// What is written must be as it was.
template <class E>
void refused(const Function& f, const Call& call, std::span<const float> written, std::string_view saying) {
  const std::vector<float> before(written.begin(), written.end());
  try {
    run(f, call);
    ADD_FAILURE() << f.name << " accepted what should be refused with: " << saying;
  } catch (const E& e) {
    EXPECT_TRUE(std::string_view(e.what()).starts_with("[" + std::string(f.about.name) + "] ")) << e.what();
    EXPECT_NE(std::string_view(e.what()).find(saying), std::string_view::npos) << e.what() << "\nexpected: " << saying;
  }
  EXPECT_TRUE(std::ranges::equal(before, written)) << "written before all was checked";
}
const bool refusals = for_all("Refusal", vector_losses, []<class P>(const Callable<P>&) {
  const Function& f = info<P>();
  const std::size_t count = f.arguments.size();
  std::vector<float> x(6, 0.5f), out(6, 9), numbers(2, 1);
  std::vector<std::int64_t> classes = {0, 2};
  const auto rows = [](auto& v, std::size_t n, std::size_t axis) {
    return lossact::Array::of(v.data(), 2, n, axis, 1, axis);
  };
  std::vector<lossact::Array> arrays(count);
  std::vector<const lossact::Array*> in(count), gradients(count);
  for (std::size_t i = 0; i < count; ++i) {
    const ArgumentInfo& a = f.arguments[i];
    if (a.optional) continue;
    arrays[i] = a.extent == Extent::row           ? lossact::Array::line(numbers.data(), 2)
                : a.extent == Extent::class_index ? lossact::Array::line(classes.data(), 2)
                                                  : rows(x, 2, 3);
    in[i] = &arrays[i];
  }
  const lossact::Array to = rows(out, 2, 3), short_one = rows(out, 2, 2);
  gradients[0] = &to;
  const auto with = [&](std::size_t i, const lossact::Array& other) {
    std::vector<const lossact::Array*> changed = in;
    changed[i] = &other;
    return changed;
  };
  for (std::size_t i = 1; i < count; ++i) {
    const ArgumentInfo& a = f.arguments[i];
    const std::string name(a.name);
    std::vector<float> more(3, 1.0f);
    std::vector<std::int64_t> three(3, 0), beyond = {0, 3}, below = {-1, 0};
    if (a.extent == Extent::element) {
      refused<shape_error>(f, {.arrays = with(i, rows(x, 3, 2)), .gradients = gradients}, out,
                           name + " has shape (3, 2)");
      refused<type_error>(f, {.arrays = with(i, rows(classes, 1, 2)), .gradients = gradients}, out, name);
    } else if (a.extent == Extent::row) {
      refused<shape_error>(f, {.arrays = with(i, lossact::Array::line(more.data(), 3)), .gradients = gradients}, out,
                           name + " has 3 elements");
      refused<type_error>(f, {.arrays = with(i, lossact::Array::line(classes.data(), 2)), .gradients = gradients}, out,
                          name + " is an array of int64");
    } else if (a.extent == Extent::class_index) {
      refused<shape_error>(f, {.arrays = with(i, lossact::Array::line(three.data(), 3)), .gradients = gradients}, out,
                           name + " has 3 classes");
      refused<index_error>(f, {.arrays = with(i, lossact::Array::line(beyond.data(), 2)), .gradients = gradients}, out,
                           name + " 3 at row 1 is outside [0, 3)");
      refused<index_error>(f, {.arrays = with(i, lossact::Array::line(below.data(), 2)), .gradients = gradients}, out,
                           name + " -1 at row 0 is outside [0, 3)");
      refused<type_error>(f, {.arrays = with(i, lossact::Array::line(numbers.data(), 2)), .gradients = gradients}, out,
                          name + " is an array of float32, expected a class for each row");
    }
    std::vector<const lossact::Array*> missing = in;
    missing[i] = nullptr;
    if (!a.optional) refused<type_error>(f, {.arrays = missing, .gradients = gradients}, out, name + " is missing");
  }
  std::vector<const lossact::Array*> wrong = gradients;
  wrong[0] = &short_one;
  refused<shape_error>(f, {.arrays = in, .gradients = wrong}, out, "has shape (2, 2)");
  std::vector<double> losses(3, 9);
  const lossact::Array each = lossact::Array::line(losses.data(), 3);
  refused<shape_error>(f, {.arrays = in, .output = &each}, out, "losses has 3 elements");
  P none;
  none.reduction = Reduction::none;
  refused<domain_error>(f, {.arrays = in, .options = &none}, out, "reduction is 'none'");
  // A gradient that overlaps its input, shifted by one element.
  std::vector<float> long_one(7, 0.5f);
  const lossact::Array first = rows(long_one, 2, 3), next = lossact::Array::of(long_one.data() + 1, 2, 2, 3, 1, 3);
  wrong[0] = &next;
  refused<overlap_error>(f, {.arrays = with(0, first), .gradients = wrong}, long_one, "overlaps");
  const lossact::Array huge = lossact::Array::of(x.data(), 2, std::size_t{1} << 62, 8, 1, 8);
  refused<shape_error>(f, {.arrays = with(0, huge)}, out, "more than any memory holds");
});

const bool nothing = for_all("EmptyMean", vector_losses, []<class P>(const Callable<P>&) {
  P options;
  EXPECT_TRUE(std::isnan(VectorCall<float>(info<P>(), {0, 4}).with_gradients(&options)));
  options.empty_mean = 3;
  EXPECT_EQ(VectorCall<float>(info<P>(), {0, 4}).value(&options), 3);
  options.reduction = Reduction::sum;
  EXPECT_EQ(VectorCall<float>(info<P>(), {0, 4}).value(&options), 0);
});

}  // namespace
}  // namespace lossact::testing
