// Guesses what values mean, by their names and looks.
#include "check/meaning.hpp"

#include <algorithm>
#include <span>

#include "base/text.hpp"

namespace hookctl::check {

namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view kSizes[] = {"size", "number", "bytes", "count"};
constexpr std::int64_t kEarliestSecond = 946'684'800;  // 2000
constexpr std::int64_t kLatestSecond = 4'102'444'800;  // 2100

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

// The words of a name in small letters: "customerEmail", "customer_email" and "customer-email" are two.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool hump = is_upper(name[i]) && i > 0 && !is_upper(name[i - 1]);
    if ((hump || !(is_letter(name[i]) || is_digit(name[i]))) && !words.back().empty()) words.emplace_back();
    if (is_letter(name[i]) || is_digit(name[i])) words.back().push_back(lower(name[i]));
  }
  if (words.back().empty() && words.size() > 1) words.pop_back();
  return words;
}

bool any_of(const std::vector<std::string>& words, Words known) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return std::find(known.begin(), known.end(), word) != known.end(); });
}
bool last_of(const std::vector<std::string>& words, Words known) {
  return std::find(known.begin(), known.end(), words.back()) != known.end();
}

constexpr std::string_view kProse[] = {"title",   "text",    "body",  "name",     "description",  "message",   "comment", "subject",
                                       "content", "note",    "notes", "summary",  "prompt",       "label",     "reason",  "question",
                                       "answer",  "caption", "bio",   "headline", "instructions", "transcript"};
constexpr std::string_view kMessages[] = {"body", "text", "message", "comment", "content", "prompt"};
constexpr std::string_view kWords[] = {"type", "kind",  "status",   "state",    "action",  "object",
                                       "role", "level", "priority", "currency", "country", "locale"};
constexpr std::string_view kDates[] = {"at",       "date",    "time",   "timestamp", "ts",  "created", "updated",
                                       "modified", "expires", "expiry", "start",     "end", "until",   "since"};
constexpr std::string_view kAmounts[] = {"amount",  "total", "subtotal", "price", "cost", "fee",      "fees",     "tax",
                                         "balance", "sum",   "discount", "paid",  "due",  "refunded", "received", "cents"};
constexpr std::string_view kIds[] = {"id", "ids", "sid", "uid", "uuid", "guid", "gid", "key", "token", "sha", "hash", "cursor", "nonce"};
constexpr std::string_view kPeople[] = {"user",         "customer",   "sender",      "owner",     "author",  "assignee", "actor",
                                        "account",      "requester",  "creator",     "member",    "contact", "company",  "payer",
                                        "buyer",        "visitor",    "recipient",   "committer", "pusher",  "reporter", "organization",
                                        "installation", "team",       "guest",       "employee",  "person",  "attendee", "client",
                                        "lead",         "subscriber", "organisation"};

bool looks_like_date(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (text.size() < kForm.size() || text.size() > 40) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !is_digit(text[i]) : text[i] != '-') return false;
  }
  return text.size() == kForm.size() || text[kForm.size()] == 'T' || text[kForm.size()] == ' ';
}

bool looks_like_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find('.', at) != std::string_view::npos &&
         text.find_first_of(" \n<>") == std::string_view::npos;
}

// One piece of letters and digits, both of them or hex, as nobody would write in words.
bool looks_like_id(std::string_view text) {
  const auto digits = std::count_if(text.begin(), text.end(), is_digit);
  const auto letters = std::count_if(text.begin(), text.end(), is_letter);
  const auto others = std::count_if(text.begin(), text.end(),
                                    [](char c) { return !is_digit(c) && !is_letter(c) && c != '_' && c != '-' && c != ':' && c != '.'; });
  return text.size() >= 6 && others == 0 && digits > 0 && letters > 0 && digits * 8 >= letters;
}

bool looks_like_word(std::string_view text) {
  const bool small = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '/';
  });
  const bool code = text.size() <= 12 && std::all_of(text.begin(), text.end(), [](char c) { return is_upper(c) || c == '_'; });
  return !text.empty() && text.size() <= 40 && (small || code);
}

bool is_number(std::string_view text) { return parse_decimal(text).has_value(); }

Meaning meaning_of_number(const std::vector<std::string>& words, std::string_view text) {
  if (words.size() == 1 && last_of(words, kIds)) return Meaning::own_id;
  if (last_of(words, kIds)) return Meaning::reference;
  const auto whole = parse_signed(text);
  if (whole && last_of(words, kDates) && *whole >= kEarliestSecond) return Meaning::date;
  if (any_of(words, kAmounts)) return Meaning::amount;
  if (whole && *whole >= kEarliestSecond && *whole <= kLatestSecond && !any_of(words, kSizes)) return Meaning::date;
  return Meaning::count;
}

Meaning meaning_of_text(const std::vector<std::string>& words, std::string_view text) {
  if (text.find("://") != std::string_view::npos && text.find(' ') == std::string_view::npos) return Meaning::url;
  if (looks_like_date(text)) return Meaning::date;
  if (words.size() == 1 && last_of(words, kIds)) return Meaning::own_id;
  if (looks_like_email(text)) return Meaning::email;
  if (last_of(words, kIds)) return Meaning::reference;
  if (is_number(text)) return last_of(words, kDates) ? Meaning::date : any_of(words, kAmounts) ? Meaning::amount : Meaning::reference;
  if (last_of(words, kProse)) return Meaning::prose;
  if (last_of(words, kWords) && text.find(' ') == std::string_view::npos) return Meaning::word;
  const bool one_word = text.find(' ') == std::string_view::npos;
  if (looks_like_id(text) || (one_word && names_person(words.back()))) return Meaning::reference;
  return looks_like_word(text) ? Meaning::word : Meaning::prose;
}

}  // namespace

Meaning meaning_of(const Place& place) {
  switch (place.kind) {
    case ValueKind::boolean:
      return Meaning::flag;
    case ValueKind::number:
      return meaning_of_number(words_of(place.name), place.text);
    case ValueKind::text:
      return meaning_of_text(words_of(place.name), place.text);
    default:
      return Meaning::none;
  }
}

bool names_message(std::string_view name) noexcept {
  return std::any_of(std::begin(kMessages), std::end(kMessages), [&](std::string_view word) { return same_ignoring_case(name, word); });
}

bool names_person(std::string_view name) noexcept {
  return std::any_of(std::begin(kPeople), std::end(kPeople), [&](std::string_view word) { return same_ignoring_case(name, word); });
}

}  // namespace hookctl::check
