// JSON parsed and written again: the styles of the languages whose frameworks do that, and how they are called.
#include <algorithm>
#include <array>
#include <span>
#include <unordered_set>
#include <utility>

#include "base/json_path.hpp"
#include "signing/diagnose_body.hpp"

namespace hookctl::signing {

namespace {

struct NamedLayout {
  JsonLayout layout;
  std::string_view name;
};
constexpr std::array<NamedLayout, 10> kLayouts{{
    {{",", ":"}, "compact (as JavaScript's JSON.stringify)"},
    {{", ", ": "}, "with blanks behind commas and colons (as Python's json.dumps)"},
    {{",", ": ", "  "}, "indented by 2"},
    {{",", ": ", "    "}, "indented by 4"},
    {{",", ": ", "\t"}, "indented by tabs"},
    {{",", ": "}, "with blanks behind colons"},
    {{",", " : ", "  ", "\n", true}, "indented by 2 with blanks around colons (as Java's Jackson)"},
    {{",", ": ", "  ", "\r\n"}, "indented by 2 with CRLF line ends (as .NET on Windows)"},
    {{",", ": ", " "}, "indented by 1"},
    {{", ", " : "}, "with blanks around colons"},
}};

struct NamedSpelling {
  JsonSpelling spelling;
  std::string_view name;
};
constexpr std::array<NamedSpelling, 9> kSpellings{{
    {{}, ""},
    {{.kept = false}, "unicode and slashes unescaped"},
    {{.kept = false, .ascii = true}, "unicode as \\uXXXX (as Python writes it)"},
    {{.kept = false, .ascii = true, .slash = true}, "unicode as \\uXXXX and slashes as \\/ (as PHP writes them)"},
    {{.kept = false, .slash = true}, "slashes as \\/"},
    {{.kept = false, .separators = true, .as_unicode = "<>&"}, "<, > and & as \\u00XX (as Go writes them)"},
    {{.kept = false, .separators = true, .as_unicode = "<>&='"}, "<, >, &, = and ' as \\u00XX (as Java's Gson writes them)"},
    {{.kept = false, .ascii = true, .upper = true, .quote = true, .as_unicode = "<>&'+`"}, "unicode and markup as \\uXXXX (as .NET writes them)"},
    {{.kept = false, .ascii = true, .upper = true}, "unicode as \\uXXXX in upper case"},
}};

constexpr std::size_t kMostOrdered = 10'000;  // values: sorting more of them takes too long for one try

// How deep the lines of a JSON text would stand when each value had one: the steps of indentation, all together.
std::size_t indentation_of(std::string_view json) {
  std::size_t depth = 0;
  std::size_t steps = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (in_string && c == '\\') ++at;
    else if (c == '"') in_string = !in_string;
    else if (in_string) continue;
    else if (c == '{' || c == '[') steps += ++depth;
    else if (c == ',') steps += depth;
    else if ((c == '}' || c == ']') && depth > 0) steps += --depth;
  }
  return steps;
}

// Goes through the styles and hands on every text once.
class Rewriter {
 public:
  Rewriter(const BodyFacts& facts, Effort& effort, const SeeBody& see) : facts_(facts), effort_(effort), see_(see) {
    seen_.insert(std::hash<std::string_view>()(facts.request.body));
    if (effort_.take(facts.request.body.size())) indentation_ = indentation_of(facts.request.body);
  }

  // Other blanks, and nothing else.
  bool run_common() { return order(KeyOrder::kept, nullptr, false, "", std::span(kSpellings).first(1)); }

  bool run() {
    for (std::string_view end : {"", "\n", "\r\n"}) {
      for (const bool short_numbers : {false, true}) {
        if (short_numbers && !facts_.json->has_long_numbers()) continue;
        if (order(KeyOrder::kept, nullptr, short_numbers, end, kSpellings)) return true;
        for (const JsonTree& sample : facts_.samples) {
          if (order(KeyOrder::like_sample, &sample, short_numbers, end, kSpellings)) return true;
        }
        if (order(KeyOrder::sorted, nullptr, short_numbers, end, kSpellings)) return true;
      }
    }
    return false;
  }

 private:
  bool order(KeyOrder order, const JsonTree* sample, bool short_numbers, std::string_view end, std::span<const NamedSpelling> spellings) {
    if (order != KeyOrder::kept && facts_.values > kMostOrdered) return false;
    const std::size_t size = facts_.request.body.size();
    for (const NamedSpelling& spelling : spellings) {
      for (const NamedLayout& layout : kLayouts) {
        const JsonStyle style{layout.layout, spelling.spelling, order, short_numbers};
        const std::size_t blanks = indentation_ * layout.layout.indent.size();
        if (blanks > kMostIndented * (size + kMostOrdered)) continue;  // deep nesting, of which every level makes the text longer
        if (!effort_.take(std::max(size, blanks))) return false;
        std::string text = facts_.json->write(style, sample).append(end);
        if (seen_.insert(std::hash<std::string_view>()(text)).second && see_({code(text), words(layout, spelling, style, end), std::move(text)})) return true;
      }
    }
    return false;
  }

  // Where nothing but line ends is missing (curl --data leaves them out), it was no program that parses JSON.
  std::string_view code(const std::string& text) const {
    std::string joined = text;
    std::erase_if(joined, [](char c) { return c == '\n' || c == '\r'; });
    return joined == facts_.request.body ? "body_newline" : "body_reserialized";
  }

  std::string words(const NamedLayout& layout, const NamedSpelling& spelling, const JsonStyle& style, std::string_view end) const {
    std::string out = "the JSON written " + std::string(layout.name);
    if (style.order == KeyOrder::sorted) out += ", with sorted keys";
    if (style.order == KeyOrder::like_sample) out += ", with the keys in this provider's order";
    if (!spelling.name.empty()) out += ", " + std::string(spelling.name);
    if (style.short_numbers) out += ", with numbers shortened";
    if (!end.empty()) out += ", with a line end";
    return out + ": it was parsed and written again between signing and verifying";
  }

  static constexpr std::size_t kMostIndented = 4;  // times the body

  const BodyFacts& facts_;
  std::size_t indentation_{0};
  Effort& effort_;
  const SeeBody& see_;
  std::unordered_set<std::size_t> seen_;
};

}  // namespace

bool each_common_rewriting(const BodyFacts& facts, Effort& effort, const SeeBody& see) {
  return facts.json && facts.json->is_container() && Rewriter(facts, effort, see).run_common();
}

bool each_rewriting(const BodyFacts& facts, Effort& effort, const SeeBody& see) {
  if (!facts.json) return false;
  if (facts.json->is_container()) {
    if (Rewriter(facts, effort, see).run()) return true;
    return effort.take(facts.request.body.size()) && see({"body_reserialized", "the JSON inside a JSON string: it was written as JSON twice", json_quote(facts.request.body)});
  }
  if (!effort.take(facts.request.body.size())) return false;
  auto inside = facts.json->string_value();
  return inside && see({"body_reserialized", "the JSON inside this JSON string: it was written as JSON twice", *std::move(inside)});
}

}  // namespace hookctl::signing
