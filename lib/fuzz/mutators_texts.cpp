// Mutators of texts: lengths at which columns and buffers end, characters of several bytes where they are cut, and odd characters. Those
// that are very long, deep or slow to look at are in mutators_injections.cpp.
#include "base/json_path.hpp"
#include "fuzz/mutators_making.hpp"

namespace hookctl::fuzz::making {

namespace {

// --- lengths -------------------------------------------------------------------------------------------------------------------------

// Texts that come from elsewhere and have some length; not a few words, dates or numbers.
bool has_length(const Place& place) {
  return is_text_of(place, {Meaning::prose, Meaning::reference, Meaning::own_id, Meaning::url, Meaning::email});
}

template <std::size_t kTimes, Literal kUnit, Literal kBefore>
Made repeated(const Body& body, const Place& place, Random&) {
  if (!has_length(place)) return std::nullopt;
  return put(body, place, "\"" + std::string(kBefore.view()) + "{*}\"",
             check::Patch::Repeat{.unit = std::string(kUnit.view()), .close = "", .times = kTimes});
}

// --- characters ----------------------------------------------------------------------------------------------------------------------

// `inside` is the inside of a JSON string; it comes behind the text that is there, so that what looks at its beginning lets it through.
Made with_behind(const Body& body, const Place& place, std::string_view inside) {
  std::string json = json_quote(kept_text(place));
  json.pop_back();
  return put(body, place, json.append(inside) + "\"");
}

template <Literal kInside>
Made odd(const Body& body, const Place& place, Random&) {
  const bool fits = is_text_of(place, {Meaning::prose, Meaning::reference, Meaning::email});
  return fits ? with_behind(body, place, kInside.view()) : Made();
}

// Escapes that stand for no text at all; a form has none.
template <Literal kInside>
Made odd_escape(const Body& body, const Place& place, Random&) {
  return has_length(place) && !body.is_form() ? with_behind(body, place, kInside.view()) : Made();
}

template <Literal kInside>
Made control(const Body& body, const Place& place, Random&) {
  return has_length(place) ? with_behind(body, place, kInside.view()) : Made();
}

constexpr Mutator kTexts[] = {
    {"text-256", "is 256 characters long", "are 256 characters long", true, false, repeated<256, "a", "">},
    {"text-300", "is 300 characters long", "are 300 characters long", true, false, repeated<60, "word ", "">},
    {"text-1000", "is 1,000 characters long", "are 1,000 characters long", true, false, repeated<1'000, "a", "">},
    {"text-emoji-behind-letter", "is 150 emoji behind one letter", "are 150 emoji behind one letter", true, false,
     repeated<150, "\U0001F600", "a">},
    {"text-emoji", "is 150 emoji", "are 150 emoji", true, false, repeated<150, "\U0001F600", "">},
    {"text-two-bytes", "is 300 letters of two bytes behind one of one", "are 300 letters of two bytes behind one of one", true, false,
     repeated<300, "\u00E9", "a">},
    {"text-three-bytes", "is 300 characters of three bytes", "are 300 characters of three bytes", true, false,
     repeated<300, "\u20AC", "ab">},
    {"text-nul", "holds NUL", "hold NUL", true, false, control<"\\u0000b">},
    {"text-high-surrogate", "ends with half a surrogate pair", "end with half a surrogate pair", true, false, odd_escape<" \\ud83d">},
    {"text-low-surrogate", "holds the second half of a surrogate pair", "hold the second half of a surrogate pair", true, false,
     odd_escape<" \\ude00b">},
    {"text-controls", "holds control characters", "hold control characters", true, false,
     control<"a\\u0001\\b\\u001b[31m\\u007f\\u0085\\r\\nb">},
    {"text-line-ends", "holds line ends of all kinds", "hold line ends of all kinds", true, false, odd<"\\n\\r\\n\\ra\\u000bb\\u000cc\\n">},
    {"text-u2028", "holds U+2028 and U+2029", "hold U+2028 and U+2029", true, false, odd<" \u2028a\u2029">},
    {"text-spaces", "holds unusual spaces", "hold unusual spaces", true, false, odd<"\u00A0a\u2003b\u3000\\t\u202F">},
    {"text-expanding", "holds letters that get longer in another case", "hold letters that get longer in another case", true, false,
     odd<"\u0130\u0131\u00DF\u0149\u01F0\uFB03\u1E9E">},
    {"text-combining", "holds many combining marks", "hold many combining marks", true, false,
     odd<" e\u0301\u0327\u0308\u030Aa\u0300\u0316\u0317\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030B\u030C">},
    {"text-right-to-left", "holds right-to-left marks and an override", "hold right-to-left marks and overrides", true, false,
     odd<" \u202Eabc\u202C\u200F\u2067\u05D0\u2069">},
    {"text-zero-width", "holds characters of no width", "hold characters of no width", true, false, odd<"\u200Ba\u200D\u2060\uFEFF">},
    {"text-full-width", "holds letters of full width", "hold letters of full width", true, false, odd<"\uFF21\uFF22\uFF11\uFF07\uFF1C">},
    {"text-beyond", "holds noncharacters, tags and flags", "hold noncharacters, tags and flags", true, false,
     odd<"\uFFFF\U000E0041\U0010FFFF\U0001F1E9\U0001F1EA">},
};

}  // namespace

std::span<const Mutator> text_mutators() { return kTexts; }

}  // namespace hookctl::fuzz::making
