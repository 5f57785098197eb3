// Mutators whose texts mean something to queries, paths, headers, formats and markup, and those that are large, deep or slow to look at.
#include "base/json_path.hpp"
#include "fuzz/mutators_making.hpp"

namespace hookctl::fuzz::making {

namespace {

// --- injections ----------------------------------------------------------------------------------------------------------------------

// Behind the text that is there.
template <Literal kText>
Made in_query(const Body& body, const Place& place, Random&) {
  const bool fits = is_text_of(place, {Meaning::prose, Meaning::reference, Meaning::email});
  return fits ? put_text(body, place, kept_text(place).append(kText.view())) : Made();
}

template <Literal kJson>
Made query_operator(const Body& body, const Place& place, Random&) {
  const bool is_id = place.meaning == Meaning::reference || place.meaning == Meaning::own_id || place.meaning == Meaning::email;
  return is_id ? put(body, place, std::string(kJson.view())) : Made();
}

// In names and ids, which become names of files; the paths lead to no file.
template <Literal kInside>
Made path(const Body& body, const Place& place, Random&) {
  const bool fits = is_text_of(place, {Meaning::prose, Meaning::reference, Meaning::own_id, Meaning::word});
  return fits ? put(body, place, "\"" + std::string(kInside.view()) + "\"") : Made();
}

template <Literal kText>
Made in_header(const Body& body, const Place& place, Random&) {
  const bool fits = is_text_of(place, {Meaning::prose, Meaning::reference, Meaning::own_id, Meaning::url, Meaning::email});
  return fits ? put_text(body, place, kept_text(place).append(kText.view())) : Made();
}

template <Literal kText>
Made in_prose(const Body& body, const Place& place, Random&) {
  return is_text_of(place, {Meaning::prose}) ? put_text(body, place, kept_text(place).append(kText.view())) : Made();
}

template <Literal kText>
Made url(const Body& body, const Place& place, Random&) {
  return is_text_of(place, {Meaning::url}) ? put_text(body, place, kText.view()) : Made();
}

template <Literal kText>
Made email(const Body& body, const Place& place, Random&) {
  return is_text_of(place, {Meaning::email}) ? put_text(body, place, kText.view()) : Made();
}

constexpr Mutator kInjections[] = {
    {"sql-or", "holds quotes as in SQL", "hold quotes as in SQL", true, false, in_query<"' OR '1'='1'\"">},
    {"sql-quote", "holds a single quote", "hold single quotes", true, false, in_query<"'">},
    {"sql-double-quote", "holds a double quote", "hold double quotes", true, false, in_query<"\"">},
    {"sql-comment", "holds a quote and a comment as in SQL", "hold quotes and comments as in SQL", true, false, in_query<"'; -- ">},
    {"sql-backslash", "ends with a backslash", "end with backslashes", true, false, in_query<"\\">},
    {"sql-wildcard", "holds wildcards as in SQL", "hold wildcards as in SQL", true, false, in_query<"%_%[a]">},
    {"nosql-gt", "is an operator of a NoSQL query", "are operators of NoSQL queries", true, false, query_operator<"{\"$gt\":\"\"}">},
    {"nosql-ne", "is the operator $ne of a NoSQL query", "are operators $ne of NoSQL queries", true, false,
     query_operator<"{\"$ne\":null}">},
    {"nosql-regex", "is the operator $regex of a NoSQL query", "are operators $regex of NoSQL queries", true, false,
     query_operator<"{\"$regex\":\".*\"}">},
    {"ldap", "holds brackets as in LDAP", "hold brackets as in LDAP", true, false, in_query<"*)(|(objectClass=*">},
    {"path-up", "is a path that leads up", "are paths that lead up", true, false, path<"../../../../../../hookctl/none">},
    {"path-up-windows", "is a path of Windows that leads up", "are paths of Windows that lead up", true, false,
     path<"..\\\\..\\\\..\\\\..\\\\hookctl\\\\none">},
    {"path-up-encoded", "is an encoded path that leads up", "are encoded paths that lead up", true, false,
     path<"%2e%2e/%2e%2e/%2e%2e%2fhookctl%2fnone">},
    {"path-absolute", "is an absolute path", "are absolute paths", true, false, path<"/hookctl/none">},
    {"path-nul", "is a path with NUL", "are paths with NUL", true, false, path<"../hookctl\\u0000.txt">},
    {"crlf", "holds a line end and a field", "hold line ends and fields", true, false, in_header<"\r\nX-Injected: 1">},
    {"url-malformed", "is a malformed address", "are malformed addresses", true, false, url<"http://[">},
    {"url-port", "is an address with a port that cannot be", "are addresses with ports that cannot be", true, false,
     url<"http://hookctl.invalid:99999/">},
    {"url-relative", "is an address without a host", "are addresses without hosts", true, false, url<"/hookctl?a=b">},
    {"url-file", "is an address of a file", "are addresses of files", true, false, url<"file:///hookctl/none">},
    {"url-encoded", "is an address with broken escapes", "are addresses with broken escapes", true, false,
     url<"http://hookctl.invalid/%zz%c3%28?%=%#%">},
    {"email-bare", "is an address without a host", "are addresses without hosts", true, false, email<"hookctl">},
    {"email-odd", "is an address as only RFC 5322 knows it", "are addresses as only RFC 5322 knows them", true, false,
     email<"\"a b\"@[127.0.0.1]">},
    {"html", "holds HTML", "hold HTML", true, false, in_prose<"</title><img src=x onerror=\"a\"><!--">},
    {"markdown", "holds Markdown", "hold Markdown", true, false, in_prose<"](<a> `*_~|[x]: y \"z\n```">},
    {"xml", "holds pieces of XML", "hold pieces of XML", true, false, in_prose<"<a>&hookctl;&#0;]]>">},
    {"json", "holds pieces of JSON", "hold pieces of JSON", true, false, in_prose<"\",\"hookctl\":{\"a\":[1,\"b\":">},
    {"format", "holds format directives", "hold format directives", true, false, in_prose<"%s%d%x%99d%(a)s{}{0}{a.b}$1\\1\\">},
};

// --- sizes ---------------------------------------------------------------------------------------------------------------------------

// What has to stand first for the text to be looked at at all: "@somebody ", "/command ". It stays every other time.
std::string call_of(const Place& place, Random& random) {
  const std::string& text = place.text;
  const bool calls = !text.empty() && (text.front() == '@' || text.front() == '/' || text.front() == '!' || text.starts_with("<@"));
  const std::size_t end = text.find(' ');
  const bool kept = below(random, 2) == 0 && calls && end < 64;
  return kept && text.find("{*}") == std::string::npos ? text.substr(0, end + 1) : "";
}

template <std::size_t kTimes, Literal kUnit, Literal kClose, Literal kBehind>
Made slow(const Body& body, const Place& place, Random& random) {
  if (!is_text_of(place, {Meaning::prose, Meaning::reference, Meaning::url, Meaning::email})) return std::nullopt;
  std::string json = json_quote(call_of(place, random));
  json.pop_back();
  json.append("{*}").append(kBehind.view()).append("\"");
  return put(body, place, std::move(json), check::Patch::Repeat{std::string(kUnit.view()), std::string(kClose.view()), kTimes});
}

template <std::size_t kTimes>
Made long_text(const Body& body, const Place& place, Random&) {
  if (!is_text_of(place, {Meaning::prose, Meaning::reference, Meaning::own_id, Meaning::url, Meaning::email})) return std::nullopt;
  return put(body, place, "\"{*}\"", check::Patch::Repeat{.unit = "word", .close = "", .times = kTimes / 4});
}

// In a new member of an object, for a known one would be refused for its kind; of an array instead of it.
template <std::size_t kTimes, Literal kOpen, Literal kClose>
Made nested(const Body& body, const Place& place, Random&) {
  check::Patch::Repeat levels{std::string(kOpen.view()), std::string(kClose.view()), kTimes};
  if (place.kind == ValueKind::object) return add(body, place, "\"hookctl_nested\":{*}", std::move(levels));
  return place.kind == ValueKind::array ? put(body, place, "{*}", std::move(levels)) : Made();
}

// The first item over and over: a thousand times, fewer where that would be more than a megabyte.
Made many_items(const Body& body, const Place& place, Random&) {
  if (place.kind != ValueKind::array || place.size == 0) return std::nullopt;
  const std::string item(body.raw(index_of(body, place) + 1));
  const std::size_t times = std::min<std::size_t>(999, 1'000'000 / (item.size() + 1));
  if (times < 2) return std::nullopt;
  return put(body, place, "[{*}" + item + "]", check::Patch::Repeat{.unit = item + ",", .close = "", .times = times});
}

Made long_key(const Body& body, const Place& place, Random&) {
  return add(body, place, "\"{*}\":1", check::Patch::Repeat{.unit = "k", .close = "", .times = 65'536});
}

Made same_key(const Body& body, const Place& place, Random&) {
  return add(body, place, "{*}\"hookctl_key\":1", check::Patch::Repeat{.unit = "\"hookctl_key\":1,", .close = "", .times = 9'999});
}

Made many_keys(const Body& body, const Place& place, Random&) {
  std::string members;
  for (int i = 0; i < 1'000; ++i) members += (i == 0 ? "\"hookctl_" : ",\"hookctl_") + std::to_string(i) + "\":1";
  return add(body, place, std::move(members));
}

constexpr Mutator kSizes[] = {
    {"text-65536", "is 65,536 characters long", "are 65,536 characters long", false, false, long_text<65'536>},
    {"array-1000", "holds its first item up to 1,000 times", "hold their first items up to 1,000 times", false, false, many_items},
    {"slow-a", "is 50 times 'a' and '!'", "are 50 times 'a' and '!'", false, false, slow<50, "a", "", "!">},
    {"slow-a-bracket", "is 40 times 'a' and '('", "are 40 times 'a' and '('", false, false, slow<40, "a", "", "(">},
    {"slow-digits", "is 40 times '1' and 'x'", "are 40 times '1' and 'x'", false, false, slow<40, "1", "", "x">},
    {"slow-blanks", "is 5,000 blanks and 'x'", "are 5,000 blanks and 'x'", false, false, slow<5'000, " ", "", "x">},
    {"slow-at", "is 2,000 times 'a@'", "are 2,000 times 'a@'", false, false, slow<2'000, "a@", "", "">},
    {"slow-brackets", "is 2,000 brackets that stay open", "are 2,000 brackets that stay open", false, false, slow<2'000, "(", "", "">},
    {"slow-nested-brackets", "is 1,000 nested brackets", "are 1,000 nested brackets", false, false, slow<1'000, "(", ")", "">},
    {"slow-dots", "is 5,000 times '.' and '!'", "are 5,000 times '.' and '!'", false, false, slow<5'000, ".", "", "!">},
    {"slow-dashes", "is 5,000 times '-' and '!'", "are 5,000 times '-' and '!'", false, false, slow<5'000, "-", "", "!">},
    {"slow-tags", "is 2,000 times '<a '", "are 2,000 times '<a '", false, false, slow<2'000, "<a ", "", "">},
    {"nested-100", "holds 100 nested arrays", "hold 100 nested arrays", false, false, nested<100, "[", "]">},
    {"nested-objects-100", "holds 100 nested objects and arrays", "hold 100 nested objects and arrays", false, false,
     nested<50, "{\"a\":[", "]}">},
    {"nested-1000", "holds 1,000 nested arrays", "hold 1,000 nested arrays", false, false, nested<1'000, "[", "]">, true},
    {"nested-objects-1000", "holds 1,000 nested objects and arrays", "hold 1,000 nested objects and arrays", false, false,
     nested<500, "{\"a\":[", "]}">, true},
    {"nested-20000", "holds 20,000 nested arrays", "hold 20,000 nested arrays", false, false, nested<20'000, "[", "]">, true},
    {"nested-objects-20000", "holds 20,000 nested objects and arrays", "hold 20,000 nested objects and arrays", false, false,
     nested<10'000, "{\"a\":[", "]}">, true},
    {"extra-1000", "has 1,000 members that nobody knows", "have 1,000 members that nobody knows", false, false, many_keys},
    {"extra-same-key", "has the same unknown member 10,000 times", "have the same unknown member 10,000 times", false, false, same_key},
    {"extra-long-key", "has a member with a name of 65,536 letters", "have members with names of 65,536 letters", false, false, long_key},
};

}  // namespace

std::span<const Mutator> injection_mutators() { return kInjections; }
std::span<const Mutator> size_mutators() { return kSizes; }

}  // namespace hookctl::fuzz::making
