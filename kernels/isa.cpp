#include "kernels/isa.hpp"

#include <hwy/targets.h>
#include <oneapi/dnnl/dnnl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace reprise {
namespace {

constexpr std::array<std::pair<Isa, std::string_view>, 6> kNames{{{Isa::sse41, "sse41"},
                                                                  {Isa::avx2, "avx2"},
                                                                  {Isa::avx512, "avx512"},
                                                                  {Isa::avx512_vnni, "avx512_vnni"},
                                                                  {Isa::avx512_bf16, "avx512_bf16"},
                                                                  {Isa::amx, "amx"}}};

std::atomic<int> limited{-1};

dnnl_cpu_isa_t onednn_isa(Isa isa) {
  switch (isa) {
    case Isa::sse41:
      return dnnl_cpu_isa_sse41;
    case Isa::avx2:
      return dnnl_cpu_isa_avx2;
    case Isa::avx512:
      return dnnl_cpu_isa_avx512_core;
    case Isa::avx512_vnni:
      return dnnl_cpu_isa_avx512_core_vnni;
    case Isa::avx512_bf16:
      return dnnl_cpu_isa_avx512_core_bf16;
    case Isa::amx:
      return dnnl_cpu_isa_avx512_core_amx;
  }
  throw std::logic_error("unknown instruction set");
}

std::int64_t disabled_highway_targets(Isa isa) {
  std::int64_t disabled = 0;
  if (isa < Isa::avx512) {
    disabled |= HWY_AVX3 | HWY_AVX3_DL;
  }
  if (isa < Isa::avx2) {
    disabled |= HWY_AVX2;
  }
  return disabled;
}

}  // namespace

Isa detect_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  if (avx512 && __builtin_cpu_supports("avx512vnni")) {
    if (__builtin_cpu_supports("avx512bf16")) {
      return __builtin_cpu_supports("amx-int8") && __builtin_cpu_supports("amx-bf16") ? Isa::amx
                                                                                      : Isa::avx512_bf16;
    }
    return Isa::avx512_vnni;
  }
  if (avx512) {
    return Isa::avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return Isa::avx2;
  }
#endif
  return Isa::sse41;
}

Isa active_isa() {
  const int limit = limited.load();
  return limit < 0 ? detect_isa() : static_cast<Isa>(limit);
}

void limit_isa(Isa isa) {
  isa = std::min(isa, detect_isa());
  if (limited.load() == static_cast<int>(isa)) {
    return;
  }
  if (dnnl_set_max_cpu_isa(onednn_isa(isa)) != dnnl_success) {
    throw std::logic_error("oneDNN has already chosen its kernels: hold the instruction set to " +
                           std::string(to_string(isa)) + " before the first computation");
  }
  hwy::DisableTargets(disabled_highway_targets(isa));
  limited.store(static_cast<int>(isa));
}

std::string_view to_string(Isa isa) {
  return kNames.at(static_cast<std::size_t>(isa)).second;
}

Isa isa_from_string(std::string_view name) {
  std::string known;
  for (const auto& [isa, its_name] : kNames) {
    if (name == its_name) {
      return isa;
    }
    known += known.empty() ? "" : ", ";
    known += its_name;
  }
  throw std::invalid_argument("unknown instruction set '" + std::string(name) + "': it is one of " + known);
}

}  // namespace reprise
