// Markdown before markdown-it, HTML and tables allowed as GitHub does: no foreign text may become markup.
import MarkdownIt from 'markdown-it';
import { refuses } from './broken.mjs';

const reader = new MarkdownIt({ html: true });
const kTags = /^(<details>\n<summary>[^<>\n]*<\/summary>|<\/details>)\n?$/;

function tokens(text) {
  return reader.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
}

function counts(all) {
  const of = (type, more = () => true) => all.filter((token) => token.type === type && more(token)).length;
  return { headings: of('heading_open'), fences: of('fence'), tables: of('table_open'), rows: of('tr_open'), folded: of('html_block', (token) => token.content.startsWith('<details>')) };
}

// Everything that is not of the shape we write.
function complaint(text) {
  const all = tokens(text);
  const wrong = [];
  for (const token of all) {
    if (token.type === 'html_block' && !kTags.test(token.content)) wrong.push(`raw HTML: ${token.content.slice(0, 200)}`);
    if (['html_inline', 'image', 'link_open', 'code_inline', 'code_block', 'blockquote_open', 'ordered_list_open', 'hr', 's_open', 'em_open'].includes(token.type)) wrong.push(`${token.type}: ${token.content}`);
    if (token.type === 'heading_open' && !['h2', 'h3'].includes(token.tag)) wrong.push(`a heading ${token.tag}`);
  }
  const opened = all.filter((token) => token.type === 'html_block' && token.content.startsWith('<details>')).length;
  const closed = all.filter((token) => token.type === 'html_block' && token.content.startsWith('</details>')).length;
  if (opened !== closed) wrong.push(`${opened} details, ${closed} ends`);
  const rows = all.filter((token) => token.type === 'tr_open').length;
  if (all.filter((token) => ['td_open', 'th_open'].includes(token.type)).length !== 4 * rows) wrong.push('a row has not four cells');
  for (const text of all.filter((token) => token.type === 'text')) {
    if (/[@#]\w/.test(text.content)) wrong.push(`a mention: ${text.content.slice(0, 200)}`);
  }
  return wrong.join('; ');
}

export function judge(report, samples) {
  const expected = {
    empty: { headings: 1, fences: 0, tables: 0, rows: 0, folded: 0 },
    clean: { headings: 1, fences: 0, tables: 1, rows: 5, folded: 0 },
    failed: { headings: 4, fences: 9, tables: 1, rows: 6, folded: 5 },
    fuzzed: { headings: 4, fences: 11, tables: 1, rows: 3, folded: 7 },
    hostile: { headings: 5, fences: 6, tables: 1, rows: 4, folded: 4 },
  };
  for (const [name, want] of Object.entries(expected)) {
    const text = samples(`${name}.md`);
    const have = counts(tokens(text));
    report(`${name} has no markup but ours`, complaint(text) === '', complaint(text));
    report(`${name} has its headings, fences, tables`, JSON.stringify(have) === JSON.stringify(want), JSON.stringify(have));
  }
  const hostile = tokens(samples('hostile.md'));
  const cell = hostile[hostile.findIndex((token) => token.type === 'td_open') + 1];
  report('a cell holds its words', cell.content.startsWith('a | b ') && hostile.some((token) => token.type === 'text' && token.content.includes('a | b <b> ``` [l](u) #')), cell.content);
  const fences = hostile.filter((token) => token.type === 'fence');
  report('a fence holds every line', fences[0].content.includes('```diff\n') && fences[0].content.includes('<img src=x onerror=alert(1)>'), fences[0].content);

  const sound = samples('failed.md');
  refuses(report, 'an image tag', sound, (text) => text.replace('**Seen:** ', '**Seen:** <img src=x>'), complaint);
  refuses(report, 'a link', sound, (text) => text.replace('**Seen:** ', '**Seen:** [a](http://evil.example)'), complaint);
  refuses(report, 'an end of details', sound, (text) => text.replace('**Seen:** ', '</details>\n\n**Seen:** '), complaint);
  refuses(report, 'a cell too many', sound, (text) => text.replace('| payload | 0 | 2 | 0 |', '| payload | 0 | 2 | 0 |\n<b>x</b> | 1'), complaint);
  refuses(report, 'a mention', sound, (text) => text.replace('**Seen:** ', '**Seen:** @octocat '), complaint);
  refuses(report, 'a fence that was broken', sound, (text) => text.replace('listening on 3000', '```\n<b>x</b>'), complaint);
}
