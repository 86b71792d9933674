#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace reprise {

/// The vectorised inner loops over a tile of squared distances. Called with run-time dispatch; see
/// passes.cpp.

/// Points of a tile, and what arrays over a tile are padded to.
inline constexpr std::size_t kTile = 1024;

/// Squared distances of lanes beyond the last point: their weights are zero for every bandwidth.
template <class T>
inline constexpr T kNoPoint = static_cast<T>(1e30);

inline constexpr std::size_t kLongestChain = 8;

/// Sums over a tile for a chain of bandwidths h, h/sqrt2, h/2, ...; sum has one element more than the chain
/// is long: the last one is the sum of squares of the chain's last weights.
struct ChainSums {
  std::array<double, kLongestChain + 1> sum{};
  std::array<double, kLongestChain> excess{};
};

/// distance[q * kTile + j] = sum_a (query[q * dim + a] - tile[a * kTile + j])^2 for q < queries <= 4, by
/// direct subtraction: the relative error is that of adding dim terms, whatever the norms. tile is [dim,
/// kTile], aligned. An element does not depend on how many queries there are.
template <class T>
void squared_distances(const T* query, std::size_t queries, const T* tile, std::size_t dim, T* distance);

/// product[j] -> max(0, query_norm + point_norm[j] + product[j]), where product = -2 x.y.
void distances_from_products(float query_norm, const float* point_norm, float* product);

template <class T>
[[nodiscard]] T tile_minimum(const T* distance);

/// Weights exp(-precision (D - nearest)) and their squarings, summed over the tile.
template <class T>
void sum_chain(const T* distance, T nearest, double precision, std::size_t length, bool with_excess,
               ChainSums& sums);

/// Places j in the tile with distance[j] < bound, ascending; returns how many.
template <class T>
std::size_t places_below(const T* distance, T bound, std::array<std::uint32_t, kTile>& places);

}  // namespace reprise
