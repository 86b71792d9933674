#!/usr/bin/env Rscript
# Orthant probabilities of bench_orthant by mvtnorm (Genz and Bretz: randomised lattices, variables in order of
# probability), one thread. Prints the processor time of a call and the standard error relative to the
# probability, from the spread over 16 seeds: what mvtnorm says itself is a bound of another kind.
# Run as: OMP_NUM_THREADS=1 Rscript tests/bench/orthant_peers.R
if (!requireNamespace("mvtnorm", quietly = TRUE)) {
  message("skipped: install r-cran-mvtnorm to compare")
  quit(status = 0)
}

diffusion <- function(t) 1 / cosh(t / 2)
random_acceleration <- function(t) 1.5 * exp(-abs(t) / 2) - 0.5 * exp(-1.5 * abs(t))
orthants <- list(list("diffusion, 33 points", diffusion, 33, 0.25),
                 list("diffusion, 65 points", diffusion, 65, 0.125),
                 list("random acceleration, 65 points", random_acceleration, 65, 0.1),
                 list("random acceleration, 129 points", random_acceleration, 129, 0.05))
seeds <- 16

for (orthant in orthants) {
  n <- orthant[[3]]
  covariance <- outer(1:n, 1:n, function(i, j) orthant[[2]](orthant[[4]] * (i - j)))
  for (points in c(1e4, 1e5, 1e6)) {
    algorithm <- mvtnorm::GenzBretz(maxpts = points, abseps = 0, releps = 0)
    values <- numeric(seeds)
    seconds <- system.time(for (seed in 1:seeds) {
      set.seed(seed)
      values[seed] <- mvtnorm::pmvnorm(lower = rep(0, n), upper = rep(Inf, n), sigma = covariance,
                                       algorithm = algorithm)
    })[["user.self"]] / seeds
    cat(sprintf("%-32s %8.0f points  %8.1f ms  probability %.6f  relative error %.3g\n", orthant[[1]], points,
                1000 * seconds, mean(values), sd(values) / mean(values)))
  }
}
