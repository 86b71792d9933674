#include "pipeline/report/html_parts.hpp"

namespace reprise::reporting {

std::string_view page_script() {
  return R"js("use strict";
(() => {
  const table = document.querySelector(".scoreboard");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const claims = [...body.rows].filter((row) => row.dataset.paper !== undefined);
  const collator = new Intl.Collator("en", { numeric: true });

  // A cell's key is its data-key where it has one, else its text; numbers come before words, dashes last.
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    const text = (cell.dataset.key ?? cell.textContent).trim();
    const number = cell.dataset.key === undefined ? NaN : Number(text);
    return { text, number, missing: text === "" || text === "–" };
  };
  const compare = (a, b, sign) => {
    if (a.missing !== b.missing) return a.missing ? 1 : -1;
    const numbers = !Number.isNaN(a.number) && !Number.isNaN(b.number);
    if (Number.isNaN(a.number) !== Number.isNaN(b.number)) return Number.isNaN(a.number) ? 1 : -1;
    return sign * (numbers ? a.number - b.number : collator.compare(a.text, b.text));
  };
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((each) => each.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      claims
        .map((row) => ({ row, key: keyOf(row, column) }))
        .sort((a, b) => compare(a.key, b.key, down ? -1 : 1))
        .forEach(({ row }) => body.append(row));
    });
  });

  const byPaper = document.getElementById("by-paper");
  const byVerdict = document.getElementById("by-verdict");
  const shown = document.getElementById("shown");
  const filter = () => {
    let count = 0;
    for (const row of claims) {
      const keep = (byPaper.value === "" || row.dataset.paper === byPaper.value) &&
        (byVerdict.value === "" || row.dataset.verdict === byVerdict.value);
      row.hidden = !keep;
      count += keep ? 1 : 0;
    }
    shown.textContent = `${count} of ${claims.length} claims shown`;
  };
  byPaper.addEventListener("change", filter);
  byVerdict.addEventListener("change", filter);
  document.getElementById("filters").hidden = claims.length === 0;
  filter();

  const root = document.documentElement;
  const button = document.getElementById("theme");
  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";
  const label = () => { button.textContent = isDark() ? "Light page" : "Dark page"; };
  button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); });
  systemDark.addEventListener("change", label);
  button.hidden = false;
  label();

  // What is folded on the screen is printed, and unfolds when a link leads into it.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((each) => { each.open = true; });
  });
})();
)js";
}

}  // namespace reprise::reporting
