// Every output of every call against every other array of that call: shared memory throws, unless the arrays are the
// same elements, and then nothing has been written.
#include <array>
#include <functional>
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

/// An array of a call: what it holds, and what it is for.
struct Array {
  const char* name;
  std::vector<std::byte> content;
  std::size_t element;
  enum Role { input, parameter, output } role;  // an output may be the same memory as an input, never as a parameter
};
template <class T>
Array array(const char* name, const std::vector<T>& values, Array::Role role) {
  const auto bytes = std::as_bytes(std::span(values));
  return {name, {bytes.begin(), bytes.end()}, sizeof(T), role};
}

/// Where the arrays of one call lie.
struct Places {
  std::vector<std::byte*> at;
  std::vector<std::size_t> bytes;
  template <class T>
  std::span<T> of(std::size_t i) const {
    return {reinterpret_cast<T*>(at[i]), bytes[i] / sizeof(T)};
  }
};

void every_output_against_every_other(std::string_view function, const std::vector<Array>& arrays,
                                      const std::function<void(const Places&)>& call) {
  constexpr std::size_t kSlot = 1024;
  const auto run = [&](std::size_t moved, std::size_t onto, std::size_t shift) {
    std::vector<std::max_align_t> storage((arrays.size() + 1) * kSlot / sizeof(std::max_align_t));
    auto* const memory = reinterpret_cast<std::byte*>(storage.data());
    Places places;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      std::copy(arrays[i].content.begin(), arrays[i].content.end(), memory + i * kSlot);
      places.at.push_back(memory + i * kSlot);
      places.bytes.push_back(arrays[i].content.size());
    }
    if (moved != onto) places.at[moved] = memory + onto * kSlot + shift;
    const auto bytes = std::as_bytes(std::span(storage));
    const std::vector<std::byte> before(bytes.begin(), bytes.end());
    bool refused = false;
    try {
      call(places);
    } catch (const overlap_error& e) {
      refused = true;
      EXPECT_TRUE(std::string_view(e.what()).starts_with("[" + std::string(function) + "] ")) << e.what();
      EXPECT_TRUE(std::ranges::equal(before, bytes)) << "written before all was checked";
    }
    return refused;
  };
  for (std::size_t o = 0; o < arrays.size(); ++o) {
    if (arrays[o].role != Array::output) continue;
    EXPECT_FALSE(run(o, o, 0)) << function << ": apart";
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      if (i == o) continue;
      const std::string where = std::string(function) + ": " + arrays[o].name + " over " + arrays[i].name;
      EXPECT_TRUE(run(o, i, std::min(arrays[o].element, arrays[i].element))) << where << ", one element on";
      const bool same = arrays[i].role == Array::input && arrays[i].element == arrays[o].element &&
                        arrays[i].content.size() == arrays[o].content.size();
      EXPECT_EQ(run(o, i, 0), !same) << where << ", from the first";
    }
  }
}

constexpr std::size_t kMany = 12;
template <class T>
std::vector<T> some(double value, std::size_t n = kMany) {
  return std::vector<T>(n, T(value));
}

template <class T, class P>
void activation(const Callable<P>& f) {
  const Array x = array("input", some<T>(0.5), Array::input), dy = array("grad_output", some<T>(0.5), Array::input),
              y = array("output", some<T>(0), Array::output), dx = array("grad_input", some<T>(0), Array::output);
  const auto check = [](const std::vector<Array>& arrays, auto call) {
    every_output_against_every_other(P::about.name, arrays, call);
  };
  if constexpr (learns<P>) {
    const Array w = array("weight", some<T>(0.5, 3), Array::parameter),
                dw = array("grad_weight", some<double>(0, 3), Array::output);
    check({x, w, y}, [&](const Places& p) { f(p.of<T>(0), p.of<T>(1), p.of<T>(2)); });
    check({dy, x, w, dx}, [&](const Places& p) {
      std::vector<double> weight_gradient(3);
      f.backward(p.of<T>(0), p.of<T>(1), p.of<T>(2), p.of<T>(3), weight_gradient);
    });
    // Both outputs at once: none of the other arrays may be a gradient of the weight's.
    std::vector<Array> all = {dy, x, w, dx, dw};
    all[3].role = Array::parameter;
    for (Array& each : all)
      if (each.role == Array::input) each.role = Array::parameter;
    check(all, [&](const Places& p) { f.backward(p.of<T>(0), p.of<T>(1), p.of<T>(2), p.of<T>(3), p.of<double>(4)); });
  } else {
    check({x, y}, [&](const Places& p) { f(p.of<T>(0), p.of<T>(1)); });
    check({dy, x, dx}, [&](const Places& p) { f.backward(p.of<T>(0), p.of<T>(1), p.of<T>(2)); });
    if (output_suffices(f, P{}))
      check({dy, x, dx}, [&](const Places& p) { f.backward_from_output(p.of<T>(0), p.of<T>(1), p.of<T>(2)); });
  }
}
const bool activations_refuse =
    for_all("Overlap", activations, [](const auto& f) { all_types([&]<class T>(T) { activation<T>(f); }); });

template <class T, class P>
void pair(const OfTwo<P>& f) {
  const Array x = array("input", some<T>(0.5), Array::input), t = array("target", some<T>(0.25), Array::input),
              w = array("weight", some<double>(1), Array::parameter),
              dy = array("grad_output", some<double>(1), Array::parameter),
              dx = array("gradient", some<T>(0), Array::output),
              losses = array("losses", some<double>(0), Array::output);
  const auto check = [](const std::vector<Array>& arrays, auto call) {
    every_output_against_every_other(P::about.name, arrays, call);
  };
  const auto options = [](const Places& p) {
    P o;
    if constexpr (requires { o.weight; }) o.weight = p.of<const double>(2);
    return o;
  };
  const auto none = [&](const Places& p) {
    P o = options(p);
    o.reduction = Reduction::none;
    return o;
  };
  const auto with = [&](std::vector<Array> arrays) {
    if constexpr (!requires(P o) { o.weight; }) arrays.erase(arrays.begin() + 2);
    return arrays;
  };
  constexpr std::size_t first = requires(P o) { o.weight; } ? 3 : 2;
  check(with({x, t, w, dx}),
        [&](const Places& p) { f.with_gradient(p.of<T>(0), p.of<T>(1), p.of<T>(first), options(p)); });
  check(with({x, t, w, losses}),
        [&](const Places& p) { f.each(p.of<T>(0), p.of<T>(1), p.of<double>(first), options(p)); });
  check(with({x, t, w, dy, dx}), [&](const Places& p) {
    f.backward(p.of<const double>(first), p.of<T>(0), p.of<T>(1), p.of<T>(first + 1), none(p));
  });
  check(with({x, t, w, dy, dx}), [&](const Places& p) {
    f.backward_target(p.of<const double>(first), p.of<T>(0), p.of<T>(1), p.of<T>(first + 1), none(p));
  });
}
const bool pairs_refuse =
    for_all("Overlap", losses_of_two, [](const auto& f) { all_types([&]<class T>(T) { pair<T>(f); }); });

// Rows of four classes, and the same with the classes in the middle.
template <class T, class Run>
void in_both_layouts(Run run) {
  run([](std::span<T> s) { return Rows<T>{s.data(), 3, 4}; });
  run([](std::span<T> s) { return ClassAxis<T>{s.data(), 1, 4, 3}; });
}
template <class T, class P>
void row_activation(const Callable<P>& f) {
  const Array x = array("input", some<T>(0.5), Array::input), dy = array("grad_output", some<T>(0.5), Array::input),
              y = array("output", some<T>(0), Array::output);
  in_both_layouts<T>([&](auto rows) {
    every_output_against_every_other(P::about.name, {x, y},
                                     [&](const Places& p) { f(rows(p.of<T>(0)), rows(p.of<T>(1))); });
    every_output_against_every_other(P::about.name, {dy, x, y}, [&](const Places& p) {
      f.backward(rows(p.of<T>(0)), rows(p.of<T>(1)), rows(p.of<T>(2)));
    });
  });
}
const bool row_activations_refuse =
    for_all("Overlap", row_activations, [](const auto& f) { all_types([&]<class T>(T) { row_activation<T>(f); }); });

template <class T, class Index, class P>
void row_loss_by_class(const Callable<P>& f) {
  const Array x = array("input", some<T>(0.5), Array::input), y = array("target", some<Index>(1, 3), Array::parameter),
              w = array("weight", some<double>(1, 4), Array::parameter),
              dy = array("grad_output", some<double>(1, 3), Array::parameter),
              dx = array("gradient", some<T>(0), Array::output),
              losses = array("losses", some<double>(0, 3), Array::output);
  const auto none = [](const Places& p) { return P{.weight = p.of<const double>(2), .reduction = Reduction::none}; };
  in_both_layouts<T>([&](auto rows) {
    every_output_against_every_other(P::about.name, {x, y, w, dx}, [&](const Places& p) {
      f.with_gradient(rows(p.of<T>(0)), p.of<const Index>(1), rows(p.of<T>(3)), {.weight = p.of<const double>(2)});
    });
    every_output_against_every_other(P::about.name, {x, y, w, losses}, [&](const Places& p) {
      f.each(rows(p.of<T>(0)), p.of<const Index>(1), p.of<double>(3), none(p));
    });
    every_output_against_every_other(P::about.name, {x, y, w, dy, dx}, [&](const Places& p) {
      f.backward(p.of<const double>(3), rows(p.of<T>(0)), p.of<const Index>(1), rows(p.of<T>(4)), none(p));
    });
  });
}
template <class T, class P>
void row_loss(const Callable<P>& f) {
  row_loss_by_class<T, std::int64_t>(f), row_loss_by_class<T, std::int32_t>(f), row_loss_by_class<T, std::uint8_t>(f);
  const Array x = array("input", some<T>(0.5), Array::input), t = array("target", some<T>(0.25), Array::input),
              w = array("weight", some<double>(1, 4), Array::parameter),
              dy = array("grad_output", some<double>(1, 3), Array::parameter),
              dx = array("gradient", some<T>(0), Array::output),
              losses = array("losses", some<double>(0, 3), Array::output);
  const auto none = [](const Places& p) { return P{.weight = p.of<const double>(2), .reduction = Reduction::none}; };
  in_both_layouts<T>([&](auto rows) {
    every_output_against_every_other(P::about.name, {x, t, w, dx}, [&](const Places& p) {
      f.with_gradient(rows(p.of<T>(0)), rows(p.of<T>(1)), rows(p.of<T>(3)), {.weight = p.of<const double>(2)});
    });
    every_output_against_every_other(P::about.name, {x, t, w, losses}, [&](const Places& p) {
      f.each(rows(p.of<T>(0)), rows(p.of<T>(1)), p.of<double>(3), none(p));
    });
    every_output_against_every_other(P::about.name, {x, t, w, dy, dx}, [&](const Places& p) {
      f.backward(p.of<const double>(3), rows(p.of<T>(0)), rows(p.of<T>(1)), rows(p.of<T>(4)), none(p));
    });
    every_output_against_every_other(P::about.name, {x, t, w, dy, dx}, [&](const Places& p) {
      f.backward(p.of<const double>(3), rows(p.of<T>(0)), rows(p.of<T>(1)), {{}, rows(p.of<T>(4))}, none(p));
    });
  });
}
const bool row_losses_refuse =
    for_all("Overlap", row_losses, [](const auto& f) { all_types([&]<class T>(T) { row_loss<T>(f); }); });

template <class T, class P>
void information_of(const Callable<P>& f) {
  const Array p = array("p", some<T>(0.25, 4), Array::input), q = array("q", some<T>(0.25, 4), Array::input),
              out = array("out", some<double>(0, 4), Array::output);
  const auto check = [](const std::vector<Array>& arrays, auto call) {
    every_output_against_every_other(P::about.name, arrays, call);
  };
  if constexpr (distributions_of<P> == 0) {
    check({p, out}, [&](const Places& at) { f(at.of<T>(0), at.of<double>(1)); });
    check({p, out}, [&](const Places& at) { f.gradient(at.of<T>(0), at.of<double>(1)); });
  } else if constexpr (distributions_of<P> == 1) {
    check({p, out}, [&](const Places& at) { f.gradient(at.of<T>(0), at.of<double>(1)); });
  } else {
    check({p, q, out}, [&](const Places& at) { f.gradient(at.of<T>(0), at.of<T>(1), at.of<double>(2)); });
  }
}
const bool informations_refuse =
    for_all("Overlap", informations, [](const auto& f) { all_types([&]<class T>(T) { information_of<T>(f); }); });

}  // namespace
}  // namespace lossact::testing
