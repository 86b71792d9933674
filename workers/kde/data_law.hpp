#pragma once

#include <cstdint>
#include <string>

#include "pipeline/reflect/fields.hpp"
#include "workers/kde/spectrum.hpp"

namespace reprise::kde {

enum class SpectrumShape { isotropic, two_level, power_law, marchenko_pastur };

constexpr auto enumerators(const SpectrumShape*) {
  return std::array{Enumerator{"isotropic", SpectrumShape::isotropic},
                    Enumerator{"two_level", SpectrumShape::two_level},
                    Enumerator{"power_law", SpectrumShape::power_law},
                    Enumerator{"marchenko_pastur", SpectrumShape::marchenko_pastur}};
}

/// The law of Gaussian data, as tasks name it: N(0, C) with C diagonal.
///   isotropic         C = I
///   two_level         half the coordinates have variance 4, half 1/4
///   power_law         c_a ~ a^-exponent, rescaled to mean 1
///   marchenko_pastur  of ratio 1/2: a limit without coordinates, for thresholds only
struct DataLaw {
  SpectrumShape shape = SpectrumShape::isotropic;
  double exponent = 0.0;
  std::int32_t dim = 10;

  friend bool operator==(const DataLaw&, const DataLaw&) = default;
};

constexpr auto fields(const DataLaw*) {
  return std::tuple{field("shape", &DataLaw::shape, "shape of the covariance's spectrum"),
                    field("exponent", &DataLaw::exponent, "c_a ~ a^-exponent, for the power law"),
                    field("dim", &DataLaw::dim, "dimension d")};
}

[[nodiscard]] Spectrum spectrum(const DataLaw& law);

/// "isotropic", "power law a^-1 (d = 20)": as reports call it.
[[nodiscard]] std::string title(const DataLaw& law);

}  // namespace reprise::kde
