#include "workers/kde/data_law.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace reprise::kde {

Spectrum spectrum(const DataLaw& law) {
  constexpr double kHigh = 4.0;
  constexpr double kRatio = 0.5;
  switch (law.shape) {
    case SpectrumShape::isotropic:
      return isotropic();
    case SpectrumShape::two_level:
      return two_level(kHigh, 1.0 / kHigh);
    case SpectrumShape::power_law:
      return power_law(law.dim, law.exponent);
    case SpectrumShape::marchenko_pastur:
      return marchenko_pastur(kRatio);
  }
  throw std::logic_error("unknown spectrum");
}

std::string title(const DataLaw& law) {
  switch (law.shape) {
    case SpectrumShape::isotropic:
      return "isotropic";
    case SpectrumShape::two_level:
      return "two-level {4, 1/4}";
    case SpectrumShape::power_law:
      return fmt::format("power law a^-{:g} (d = {})", law.exponent, law.dim);
    case SpectrumShape::marchenko_pastur:
      return "Marchenko-Pastur (q = 1/2)";
  }
  throw std::logic_error("unknown spectrum");
}

}  // namespace reprise::kde
