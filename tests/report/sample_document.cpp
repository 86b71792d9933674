#include "tests/report/sample_document.hpp"

#include <cmath>
#include <limits>

#include "tests/report/sample_figures.hpp"

namespace reprise {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

Table accuracy_table() {
  return {
      "accuracy",
      "Accuracy by method (the paper's Table 2)",
      "Mean of 18 of 20 replicates; two were set aside. Published values are those of the paper.",
      {{"method", "Method", "", Role::parameter,
        Words{"Full precision", "Uniform <8 bit>", "Mixed & matched", ""}},
       {"bits", "Bits", "bit", Role::parameter, Numbers{32, 8, 4.5, 4}},
       {"published_top1", "Top-1", "%", Role::published, Numbers{81.2, 80.9, 79.84, kNaN}},
       {"published_top5", "Top-5", "%", Role::published, Numbers{95.6, 95.3, 94.1, kNaN}},
       {"top1",
        "Top-1",
        "%",
        Role::measured,
        Numbers{81.17, 80.72, 78.93, 12.4},
        {0.11, 0.13, 0.21, 3.4},
        4,
        {Emphasis::best, Emphasis::tied}},
       {"top5", "Top-5", "%", Role::measured, Numbers{95.58, 95.21, 94.02, kNaN}, {0.05, 0.06, 0.08, kNaN}},
       {"difference",
        "Top-1, measured − published",
        "%",
        Role::difference,
        Numbers{-0.03, -0.18, -0.91, kNaN},
        {},
        2},
       {"verdict", "Within 1 %?", "", Role::verdict, Words{"yes", "yes", "yes", "not tested"}}}};
}

Table wide_table() {
  Table table{"regimes", "Regimes of the estimator, all 14 columns", "Every number from 4096 draws.", {}};
  table.columns.push_back({"dim", "d", "", Role::parameter, Numbers{10, 100, 1000}});
  for (int i = 0; i < 13; ++i) {
    const double scale = std::pow(10.0, i - 6);
    table.columns.push_back({"column_" + std::to_string(i), "log-density at α = " + std::to_string(i), "nat",
                             i % 2 == 0 ? Role::theory : Role::measured,
                             Numbers{1.2345 * scale, -2.5 * scale, 9.99 * scale},
                             i % 2 == 0 ? Numbers{} : Numbers{0.021 * scale, 0.043 * scale, 0.1 * scale}});
  }
  return table;
}

std::vector<Claim> claims() {
  return {{"P1", "The kernel estimate enters its Gaussian regime at the bandwidth h_G of equation (12).",
           "h_G = 1.26 σ", "abstract [paper]", "|h_G(measured) − 1.26| < 0.05 with d ≥ 100",
           "d ≥ 100, 4096 draws"},
          {"P2", "Mixed precision loses less than 1 % of top-1 accuracy.", "0.9 %", "Table 2 [paper]",
           "loss < 1 % at two standard errors", "the full validation set"},
          {"P5a", "Risk decays as n^(−4/5) & the constant is <0.3.", "?", "Theorem 3 [known]",
           "slope within 0.05 of −0.8", "n ≥ 2²⁰"},
          {"P10", "The bound is never exceeded.", "0 of 10⁶", "Figure 4 [paper]", "no draw above the bound",
           "10⁶ draws"}};
}

std::vector<Finding> findings() {
  return {
      {"P1", "1.262 σ", 1.262, 0.011, Verdict::reproduced, "Mean of 18 of 20 replicates.",
       "table accuracy, rows where d ≥ 100"},
      {"P2", "loss 2.24 %", 2.24, 0.21, Verdict::not_reproduced,
       "Our network is smaller than the paper's; see the notes.", "table accuracy, rows 0 and 2"},
      {"P5a", "", kNaN, kNaN, Verdict::not_tested, "Smoke scale stops at n = 2¹².", "task draw, all rows"}};
}

Published unfinished_experiment() {
  Published published{"ablation", "Ablation", "What each part of the method contributes.", 2, false};
  published.notes = {"The learning rate is not in the paper; 10⁻³ was taken."};
  published.claims = {
      {"A1", "Every part helps.", "4 of 4 parts", "Table 3 [paper]", "every difference > 0", "paper scale"}};
  published.figures = {sample_empty_figure()};
  published.layout = {sample_empty_figure().id};
  return published;
}

RunReport kde_run() {
  RunReport run;
  run.paper = {"kde", "Kernel density estimators in large dimensions", "G. Biroli & M. Mézard", "arXiv 2023",
               "https://arxiv.org/abs/2408.05807"};
  run.job = "kde-smoke";
  run.scale = "smoke";
  run.run_folder = "runs/kde";
  run.command_line = "reprise run jobs/smoke/kde.toml -n 8";
  run.revision = "0123abc";
  run.seed = "42";
  run.complete = false;
  run.cost = {0.734, 412.5, 4, 3, 2};
  run.stages = {{"main", "kde.draw", {1196, 1, 40, 2}, 0.612},
                {"ablation", "kde.ablate", {12, 0, 88, 0}, 0.122}};
  run.failures = {{"main", "kde.draw", "dim=1000 log2_n=12 bandwidth=1e-09 replicate=7",
                   "matrix <covariance> is not positive definite: pivot 31 is −1e-17", false, 3},
                  {"main", "kde.draw", "dim=4000 log2_n=20 bandwidth=0.5 replicate=1",
                   "killed by signal 9 (SIGKILL)", true, 3}};
  run.machines = {{"node01", "AMD EPYC 7763", "avx2", 4}, {"node02", "Intel Xeon Gold 6338", "avx512", 4}};
  run.provenance = {{"Compiler", "GCC 12.2.0"},
                    {"HDF5", "1.10.8"},
                    {"oneDNN", "2.6.3"},
                    {"Digest of all results", "xxh3:2f9c4f0a7c1d5e6b8a90b1c2d3e4f506"}};
  run.experiments = {sample_experiment(), unfinished_experiment()};
  return run;
}

RunReport quantisation_run() {
  RunReport run;
  run.paper = {"mptq", "Mixed-precision post-training quantisation of vision transformers",
               "N. Ranjan, A. Savakis", "CVPR workshops 2024", "javascript:alert(1)"};
  run.job = "mptq-paper";
  run.scale = "paper";
  run.run_folder = "runs/mptq";
  run.command_line = "reprise submit jobs/paper/mptq.toml --nodes 16";
  run.revision = "0123abc";
  run.seed = "7";
  run.complete = true;
  run.cost = {1843.2, 93784, 1, 0, 0};
  run.stages = {{"search", "mptq.search", {5120, 0, 0, 0}, 1843.2}};
  run.machines = {{"gpu-less-01", "AMD EPYC 9654", "avx512_bf16", 96}};
  Published search{"search", "Greedy search", "Bits are lowered where the loss rises least.", 1, true};
  search.tables = {{"search",
                    "Bits found",
                    "One search.",
                    {{"layer", "Layer", "", Role::parameter, Words{"qkv", "proj", "mlp.fc1", "mlp.fc2"}},
                     {"published", "Bits", "bit", Role::published, Numbers{6, 5, 4, 4}},
                     {"bits", "Bits", "bit", Role::measured, Numbers{6, 5, 4, 5}}}}};
  search.figures = {sample_bars_figure()};
  search.layout = {"search", sample_bars_figure().id};
  search.claims = {
      {"M1", "Later layers take fewer bits.", "6, 5, 4, 4 bits", "Table 4 [paper]", "never rising", "any"}};
  search.findings = {
      {"M1", "6, 5, 4, 5 bits", kNaN, kNaN, Verdict::not_reproduced, "", "table search, all rows"}};
  run.experiments = {search};
  return run;
}

}  // namespace

Published sample_experiment() {
  Published published{"main", "Phase diagram",
                      "The estimator's law is compared with the theory in three regimes. "
                      "<script>alert(1)</script> stays text.",
                      1, true};
  published.notes = {"The paper's bandwidth grid is not given; ours has 12 points.",
                     "Draws are standard normal, as in the paper's section 2."};
  published.tables = {accuracy_table(), wide_table()};
  published.figures = sample_figures();
  published.layout = {"accuracy", "density", "regimes"};
  published.claims = claims();
  published.findings = findings();
  return published;
}

Report sample_report() {
  return {"Reproductions, with <sample> numbers",
          {kde_run(), quantisation_run()},
          "2030-01-02 03:04 UTC",
          "reprise 0.1.0 (0123abc)"};
}

}  // namespace reprise
