#include "pipeline/report/html_parts.hpp"

namespace reprise::reporting {
namespace {

constexpr std::string_view kLayout = R"css(
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: break-word;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif; }
a { color: var(--link); text-underline-offset: 0.15em; text-decoration-thickness: 0.06em; }
a:focus-visible, button:focus-visible, select:focus-visible, summary:focus-visible, .scroll:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; }
code { font: 0.88em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--paper); padding: 0.5rem; z-index: 1; }
.page { max-width: 84rem; margin: 0 auto; padding: 0 1rem; }
.column { min-width: 0; max-width: 64rem; }
@media (min-width: 68rem) {
  .page { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 3rem; padding: 0 2rem; }
  .contents { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto;
    padding: 2.6rem 0 2rem; }
}
@media (max-width: 67.99rem) {
  .contents { padding-top: 1rem; border-bottom: 1px solid var(--rule); }
  .contents ul ul { display: none; }
}
.contents { font-size: 0.86rem; line-height: 1.4; }
.contents ul { list-style: none; margin: 0; padding: 0; }
.contents li { margin: 0.35rem 0; }
.contents ul ul { padding-left: 0.8rem; border-left: 1px solid var(--rule); margin: 0.3rem 0 0.9rem; }
.contents a { text-decoration: none; }
.contents a:hover { text-decoration: underline; }
.nav-title { margin: 0 0 0.5rem; color: var(--soft); font-weight: 600; }

.head { padding: 2.4rem 0 1rem; }
.eyebrow { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin: 0;
  color: var(--soft); font-size: 0.86rem; letter-spacing: 0.02em; }
#theme, .filters select { font: inherit; color: var(--ink); background: var(--raised);
  border: 1px solid var(--rule); border-radius: 0.35rem; padding: 0.2rem 0.6rem; }
h1 { font-size: clamp(1.65rem, 4vw, 2.35rem); line-height: 1.18; margin: 0.6rem 0 0.8rem; letter-spacing: -0.015em;
  font-weight: 680; text-wrap: balance; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 0.4rem; letter-spacing: -0.01em; text-wrap: balance; }
h3 { font-size: 1.17rem; line-height: 1.3; margin: 2.4rem 0 0.5rem; }
h4 { font-size: 1rem; margin: 1.8rem 0 0.6rem; }
h5 { font-size: 0.97rem; margin: 0; font-weight: 600; }
p { margin: 0.5rem 0 0.9rem; max-width: 46rem; }
.lead { font-size: 1.1rem; line-height: 1.5; }
.fine, .source { color: var(--soft); font-size: 0.84rem; line-height: 1.5; }
.whole { white-space: nowrap; }
.run, #scoreboard { margin-top: 2.2rem; padding-top: 1.8rem; border-top: 1px solid var(--rule); }
.run { border-top: 3px solid var(--ink); margin-top: 4rem; }
.run:last-child { padding-bottom: 5rem; }
.paper { color: var(--soft); }
.notes { padding-left: 1.2rem; max-width: 46rem; }
.notes li { margin: 0.3rem 0; }
.notice { border-left: 4px solid; padding: 0.6rem 1rem; border-radius: 0 0.35rem 0.35rem 0; margin: 0.9rem 0; }
.notice.smoke, .notice.unfinished { background: var(--warn-bg); border-color: var(--warn); }
.notice ul { margin: 0.3rem 0 0; padding-left: 1.2rem; }
.scale, .state { display: inline-block; white-space: nowrap; font-size: 0.75rem; line-height: 1.5; font-weight: 500;
  padding: 0 0.5em; border-radius: 1em; background: var(--open-bg); color: var(--open); vertical-align: 0.12em;
  letter-spacing: 0; }
.scale.smoke, .state { background: var(--warn-bg); color: var(--warn); }
.verdict { display: inline-block; font-size: 0.84rem; font-weight: 600; line-height: 1.35; padding: 0.16rem 0.55rem;
  border-radius: 0.35rem; text-decoration: none; }
.verdict:hover { text-decoration: underline; }
.verdict.reproduced, .tally .reproduced { color: var(--good); background: var(--good-bg); }
.verdict.not-reproduced, .tally .not-reproduced { color: var(--bad); background: var(--bad-bg); }
.verdict.not-tested, .tally .not-tested { color: var(--open); background: var(--open-bg); }
.tally { display: flex; flex-wrap: wrap; gap: 0.6rem; list-style: none; padding: 0; margin: 1rem 0; }
.tally li { padding: 0.5rem 0.9rem; border-radius: 0.4rem; font-size: 0.9rem; }
.tally strong { font-size: 1.35rem; margin-right: 0.25rem; font-variant-numeric: tabular-nums; }
)css";

constexpr std::string_view kTables = R"css(
table { border-collapse: collapse; font-variant-numeric: tabular-nums lining-nums; }
.scroll { overflow-x: auto; max-width: 100%; }
.data { font-size: 0.88rem; line-height: 1.45; border-top: 2px solid var(--ink); border-bottom: 2px solid var(--ink); }
.data thead { border-bottom: 1px solid var(--ink); }
.data th, .data td { padding: 0.34rem 0.8rem; text-align: left; vertical-align: bottom; }
.data th { font-weight: 600; line-height: 1.3; }
.data td { vertical-align: top; }
.data .number { text-align: right; white-space: nowrap; }
.data th.number { white-space: normal; min-width: 5.2rem; }
.data td.text { min-width: 5rem; }
.data td.short { white-space: nowrap; }
.scroll.tall { max-height: 34rem; overflow-y: auto; }
.scroll.tall thead { position: sticky; top: 0; background: var(--paper); box-shadow: inset 0 -1px 0 var(--ink); }
.data u { text-underline-offset: 0.2em; text-decoration-thickness: 0.08em; }
.data tbody tr + tr { border-top: 1px solid var(--hair); }
.data .role-measured { background: var(--measured); }
.data .role-published, .data .role-theory { color: var(--soft); }
.roles th { text-align: center; font-weight: 500; font-size: 0.8rem; color: var(--soft); padding: 0.3rem 0.8rem 0; }
.roles th:not(.none) { box-shadow: inset 0 -1px 0 var(--rule); }
.plain td { max-width: 26rem; }
figure { margin: 1.6rem 0 2.2rem; min-width: 0; }
figcaption { max-width: 46rem; font-size: 0.92rem; line-height: 1.5; margin-bottom: 0.6rem; }
.chart figcaption { margin: 0.8rem 0 0; }
.source { max-width: none; margin: 0.5rem 0 0; overflow-wrap: anywhere; }
.facts { display: grid; gap: 0.15rem 1rem; margin: 0.6rem 0 1.2rem; }
.facts div { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
details { margin: 0.8rem 0; }
summary { cursor: pointer; font-weight: 500; margin-bottom: 0.4rem; }
.failures code { font-size: 0.82em; }

.filters { display: flex; flex-wrap: wrap; gap: 0.6rem 1.2rem; align-items: center; margin: 0.4rem 0 0.9rem;
  font-size: 0.88rem; }
.filters[hidden] { display: none; }
.filters output { color: var(--soft); }
.scoreboard { width: 100%; font-size: 0.88rem; line-height: 1.45; border-top: 2px solid var(--ink);
  border-bottom: 2px solid var(--ink); }
.scoreboard thead { border-bottom: 1px solid var(--ink); }
.scoreboard th { padding: 0; text-align: left; }
.scoreboard th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; cursor: pointer;
  padding: 0.45rem 0.7rem; width: 100%; text-align: left; white-space: nowrap; }
.scoreboard th button::after { content: "↕"; color: var(--soft); opacity: 0.55; margin-left: 0.3em; }
.scoreboard th[aria-sort="ascending"] button::after { content: "↑"; opacity: 1; color: var(--ink); }
.scoreboard th[aria-sort="descending"] button::after { content: "↓"; opacity: 1; color: var(--ink); }
.scoreboard td { padding: 0.6rem 0.7rem; vertical-align: top; }
.scoreboard tbody tr + tr { border-top: 1px solid var(--hair); }
.scoreboard tr[hidden] { display: none; }
@media (min-width: 45.01rem) {
  .scoreboard td:nth-child(1) { min-width: 5.5rem; }
  .scoreboard td:nth-child(2) { min-width: 13rem; }
  .scoreboard td:nth-child(6) { width: 8.5rem; }
}
@media screen and (max-width: 45rem) {
  .scoreboard, .scoreboard thead, .scoreboard tbody { display: block; }
  .scoreboard thead tr { display: flex; flex-wrap: wrap; gap: 0.1rem; }
  .scoreboard th button { padding: 0.35rem 0.5rem; }
  .scoreboard tr { display: block; padding: 0.7rem 0; }
  .scoreboard thead tr { padding: 0.2rem 0; }
  .scoreboard td { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: 0.6rem; padding: 0.16rem 0; }
  .scoreboard td::before { content: attr(data-label); color: var(--soft); }
  .scoreboard tr[hidden] { display: none; }
  .facts div { grid-template-columns: minmax(0, 1fr); gap: 0; margin-bottom: 0.4rem; }
}

.claim { border: 1px solid var(--rule); border-radius: 0.45rem; padding: 0.8rem 1rem; margin: 0.7rem 0;
  display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.5rem 1rem; align-items: start; }
.claim:target { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
.claim-id { color: var(--soft); margin-right: 0.3rem; }
.claim dl { grid-column: 1 / -1; margin: 0; font-size: 0.9rem; line-height: 1.5; }
.claim dl div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0.8rem; }
@media (max-width: 34rem) {
  .claim { grid-template-columns: minmax(0, 1fr); }
  .claim .verdict { justify-self: start; }
}
)css";

constexpr std::string_view kCharts = R"css(
.panels { display: grid; gap: 1.2rem 1.4rem; grid-template-columns: minmax(0, 33rem); }
@media (min-width: 45.01rem) {
  .panels.across-2 { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .panels.across-3 { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .panels.across-4 { grid-template-columns: repeat(4, minmax(0, 1fr)); }
}
.panel { min-width: 0; display: grid; grid-template-columns: minmax(0, 1fr); grid-row: span 3;
  grid-template-rows: subgrid; row-gap: 0.2rem; align-items: start; }
.panel-title { margin: 0; align-self: end; text-align: center; font-size: 0.88rem; font-weight: 600; line-height: 1.35;
  max-width: none; }
.plot { display: block; width: 100%; height: auto; color: var(--ink); overflow: visible; }
.plot .label { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  fill: var(--ink); }
.plot text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; justify-content: center; gap: 0.15rem 1.1rem; list-style: none;
  margin: 0.4rem 0 0; padding: 0; font-size: 0.84rem; line-height: 1.45; max-width: 60rem; }
.panels.across-1 .legend, .panels.across-1 + .legend { max-width: 33rem; }
.legend li { display: flex; align-items: center; gap: 0.45rem; min-width: 0; }
.legend svg { width: 28px; height: 14px; flex: none; }
.legend .fill { fill: var(--series); }
.legend .stroke { stroke: var(--series); stroke-width: 1.2; fill: none; }
.legend .line { stroke-width: 2; }

@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 10pt; }
  .page { display: block; max-width: none; padding: 0; }
  .column { max-width: none; }
  .contents, .filters, #theme, .skip { display: none; }
  .run { break-before: page; border-top-width: 2px; margin-top: 0; }
  figure, .claim, tr, .notice { break-inside: avoid; }
  .panels { display: flex; flex-wrap: wrap; gap: 0.8rem 1rem; break-inside: avoid; }
  .panel { display: block; break-inside: avoid; width: 60%; }
  .panels.across-2 .panel { width: 47%; }
  .panels.across-3 .panel { width: 31%; }
  .panels.across-4 .panel { width: 23%; }
  h2, h3, h4, figcaption { break-after: avoid; }
  .scroll, .scroll.tall { overflow: visible; max-height: none; }
  .scroll.tall thead { position: static; }
  .data td.short { white-space: normal; }
  .data, .scoreboard { font-size: 8pt; }
  .data th, .data td { padding: 0.2rem 0.45rem; }
  .data th.number, .data .number { white-space: normal; }
  .verdict, .tally li, .scale, .state, .notice, .role-measured { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scoreboard th button::after { content: none; }
  a { color: inherit; text-decoration: none; }
}
)css";

}  // namespace

std::string_view page_style() {
  static const std::string style = std::string(kLayout) + std::string(kTables) + std::string(kCharts);
  return style;
}

}  // namespace reprise::reporting
