// The text of a number as it stands in a JSON document: JSON.parse makes a double of it, which is not all of it.

// The number that is the member `name` of the outermost object, as it is spelt; undefined when there is none. The last of several counts.
export function sourceOfMember(json, name) {
  let depth = 0;
  let found;
  for (const token of json.matchAll(/"(?:[^"\\]|\\.)*"(?=(\s*:\s*)?)|[{}[\]]|-?\d[\d.eE+-]*/g)) {
    const [text, colon] = token;
    if (text === '{' || text === '[') depth += 1;
    else if (text === '}' || text === ']') depth -= 1;
    else if (depth === 1 && colon && JSON.parse(text) === name) {
      const number = json.slice(token.index + text.length + colon.length).match(/^-?\d[\d.eE+-]*/);
      if (number) [found] = number;
    }
  }
  return found;
}
