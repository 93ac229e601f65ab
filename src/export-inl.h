// How the rest of the library reaches a table of kernels: through Highway's choice of the target, at every call.
#define LOSSACT_EXPORT_TABLE(...)                                                                     \
  namespace lossact::detail {                                                                         \
  HWY_EXPORT(Table);                                                                                  \
  const __VA_ARGS__* table(std::type_identity<__VA_ARGS__>) { return HWY_DYNAMIC_DISPATCH(Table)(); } \
  }
