#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "pipeline/report/escape.hpp"

namespace reprise::reporting {
namespace {

using Definition = std::pair<char32_t, std::string_view>;

/// Characters that text of ours uses and that pdflatex does not know; all of them in math mode.
constexpr auto kMath = std::to_array<Definition>({
    {U'α', "\\alpha"},
    {U'β', "\\beta"},
    {U'γ', "\\gamma"},
    {U'δ', "\\delta"},
    {U'ε', "\\varepsilon"},
    {U'ζ', "\\zeta"},
    {U'η', "\\eta"},
    {U'θ', "\\theta"},
    {U'ι', "\\iota"},
    {U'κ', "\\kappa"},
    {U'λ', "\\lambda"},
    {U'μ', "\\mu"},
    {U'ν', "\\nu"},
    {U'ξ', "\\xi"},
    {U'π', "\\pi"},
    {U'ρ', "\\rho"},
    {U'ς', "\\varsigma"},
    {U'σ', "\\sigma"},
    {U'τ', "\\tau"},
    {U'υ', "\\upsilon"},
    {U'φ', "\\varphi"},
    {U'ϕ', "\\phi"},
    {U'χ', "\\chi"},
    {U'ψ', "\\psi"},
    {U'ω', "\\omega"},
    {U'Γ', "\\Gamma"},
    {U'Δ', "\\Delta"},
    {U'Θ', "\\Theta"},
    {U'Λ', "\\Lambda"},
    {U'Ξ', "\\Xi"},
    {U'Π', "\\Pi"},
    {U'Σ', "\\Sigma"},
    {U'Φ', "\\Phi"},
    {U'Ψ', "\\Psi"},
    {U'Ω', "\\Omega"},
    {U'µ', "\\mu"},
    {U'ϵ', "\\epsilon"},
    {U'ϑ', "\\vartheta"},
    {U'−', "-"},
    {U'±', "\\pm"},
    {U'∓', "\\mp"},
    {U'×', "\\times"},
    {U'·', "\\cdot"},
    {U'÷', "\\div"},
    {U'≤', "\\le"},
    {U'≥', "\\ge"},
    {U'≪', "\\ll"},
    {U'≫', "\\gg"},
    {U'≈', "\\approx"},
    {U'≃', "\\simeq"},
    {U'≅', "\\cong"},
    {U'≠', "\\ne"},
    {U'≡', "\\equiv"},
    {U'∼', "\\sim"},
    {U'∝', "\\propto"},
    {U'∞', "\\infty"},
    {U'√', "\\surd"},
    {U'∑', "\\sum"},
    {U'∏', "\\prod"},
    {U'∫', "\\int"},
    {U'∂', "\\partial"},
    {U'∇', "\\nabla"},
    {U'∈', "\\in"},
    {U'∉', "\\notin"},
    {U'⊂', "\\subset"},
    {U'∪', "\\cup"},
    {U'∩', "\\cap"},
    {U'∅', "\\emptyset"},
    {U'∀', "\\forall"},
    {U'∃', "\\exists"},
    {U'→', "\\rightarrow"},
    {U'←', "\\leftarrow"},
    {U'↔', "\\leftrightarrow"},
    {U'⇒', "\\Rightarrow"},
    {U'↑', "\\uparrow"},
    {U'↓', "\\downarrow"},
    {U'‖', "\\|"},
    {U'ℓ', "\\ell"},
    {U'ℝ', "\\mathbf{R}"},
    {U'ℕ', "\\mathbf{N}"},
    {U'⟨', "\\langle"},
    {U'⟩', "\\rangle"},
    {U'⌊', "\\lfloor"},
    {U'⌋', "\\rfloor"},
    {U'⌈', "\\lceil"},
    {U'⌉', "\\rceil"},
    {U'⊗', "\\otimes"},
    {U'⊕', "\\oplus"},
    {U'∘', "\\circ"},
    {U'°', "^\\circ"},
    {U'′', "'"},
    {U'∗', "*"},
    {U'¬', "\\neg"},
    {U'…', "\\ldots"},
    {U'⁰', "^0"},
    {U'¹', "^1"},
    {U'²', "^2"},
    {U'³', "^3"},
    {U'⁴', "^4"},
    {U'⁵', "^5"},
    {U'⁶', "^6"},
    {U'⁷', "^7"},
    {U'⁸', "^8"},
    {U'⁹', "^9"},
    {U'⁻', "^-"},
    {U'⁺', "^+"},
    {U'ⁿ', "^n"},
    {U'ᵀ', "^{\\top}"},
    {U'₀', "_0"},
    {U'₁', "_1"},
    {U'₂', "_2"},
    {U'₃', "_3"},
    {U'₄', "_4"},
    {U'₅', "_5"},
    {U'₆', "_6"},
    {U'₇', "_7"},
    {U'₈', "_8"},
    {U'₉', "_9"},
});

constexpr auto kText = std::to_array<Definition>({
    {U'&', "\\&"},
    {U'%', "\\%"},
    {U'$', "\\$"},
    {U'#', "\\#"},
    {U'_', "\\_"},
    {U'{', "\\{"},
    {U'}', "\\}"},
    {U'~', "\\textasciitilde{}"},
    {U'^', "\\textasciicircum{}"},
    {U'\\', "\\textbackslash{}"},
    {U'<', "\\textless{}"},
    {U'>', "\\textgreater{}"},
    {U'|', "\\textbar{}"},
    {U'"', "\\textquotedbl{}"},
    {U'\n', " "},
    {U'\t', " "},
    {U'–', "--"},
    {U'—', "---"},
    {U'‘', "`"},
    {U'’', "'"},
    {U'“', "``"},
    {U'”', "''"},
    {U'\u00A0', "~"},
    {U'\u202F', "\\,"},
    {U'\u2009', "\\,"},
});

template <std::size_t N>
const std::string_view* find(const std::array<Definition, N>& table, char32_t character) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Definition& each) { return each.first == character; });
  return found == table.end() ? nullptr : &found->second;
}

/// The code point at `at` of valid UTF-8, and the place after it.
std::pair<char32_t, std::size_t> decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t first = byte(at);
  if (first < 0x80) return {first, at + 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  char32_t character = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) character = (character << 6) | (byte(at + i) & 0x3F);
  return {character, at + length};
}

/// Latin letters with accents, that inputenc's utf8 knows with the T1 font encoding.
bool is_known_letter(char32_t character) {
  return (character >= 0xC0 && character <= 0x17E && character != 0xD7 && character != 0xF7) ||
         character == 0xA7 || character == 0xA9;
}

}  // namespace

std::string latex(std::string_view text) {
  const auto clean = clean_utf8(text);
  std::string out;
  std::string scripts;  // of a run of superscripts or subscripts: "^{-3}", not "^-^3"
  char kind = 0;
  const auto end_scripts = [&] {
    if (kind != 0) out += fmt::format("${}{{{}}}$", kind, scripts);
    scripts.clear();
    kind = 0;
  };
  for (std::size_t at = 0; at < clean.size();) {
    const auto [character, next] = decode(clean, at);
    if (const auto* math = find(kMath, character)) {
      const char first = math->front();
      if ((first == '^' || first == '_') && character != U'°') {
        if (kind != first) end_scripts();
        kind = first;
        scripts += math->substr(1);
      } else {
        end_scripts();
        out += fmt::format("${}$", *math);
      }
    } else {
      end_scripts();
      if (const auto* plain = find(kText, character)) {
        out += *plain;
      } else if (character < 0x80 || is_known_letter(character)) {
        out += clean.substr(at, next - at);
      } else {
        out += fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(character));
      }
    }
    at = next;
  }
  end_scripts();
  return out;
}

}  // namespace reprise::reporting
