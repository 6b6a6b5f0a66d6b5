#pragma once

#include <string_view>

namespace assay {

// The style of all pages. Its hash is in their policy, so no element may have a style of its own.
inline constexpr std::string_view kPageStyle = R"css(
:root { color-scheme: light dark;
  --page: #f7f7f5; --card: #fff; --text: #1b1d21; --soft: #565b63; --line: #dcdcd7;
  --code: #f1f1ee; --link: #0b57a4;
  --bad: #b3261e; --bad-fill: #fbe4e1; --warn: #7a5200; --warn-fill: #fbeccb;
  --good: #1c6b3f; --good-fill: #d9efe0; --known: #4a4f9c; --known-fill: #e3e4f7; }
@media screen and (prefers-color-scheme: dark) { :root {
  --page: #15171a; --card: #1d2024; --text: #e8e8e6; --soft: #a4a9b1; --line: #363a40;
  --code: #26292e; --link: #8ab8f0;
  --bad: #ff9a90; --bad-fill: #4a1f1b; --warn: #f2c46b; --warn-fill: #43330f;
  --good: #86d3a5; --good-fill: #16402a; --known: #b6b9f5; --known-fill: #2b2d5c; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--text);
  overflow-wrap: break-word; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main, header.top, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header.top { padding-top: 1.75rem; }
h1 { font-size: clamp(1.5rem, 4vw, 2.1rem); line-height: 1.2; margin: .3rem 0 .5rem;
  text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .75rem; }
h3 { font-size: 1.05rem; line-height: 1.35; margin: 0; }
h4 { font-size: .8rem; margin: 1.1rem 0 .3rem; color: var(--soft); letter-spacing: .02em; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
code, pre, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono",
  monospace; font-size: .86em; }
code, .long { overflow-wrap: anywhere; }
td code, th code { overflow-wrap: break-word; }
.nowrap { white-space: nowrap; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
pre { margin: 0; padding: .7rem .85rem; background: var(--code); border-radius: .5rem;
  overflow-x: auto; white-space: pre; tab-size: 2; line-height: 1.5; }
.eyebrow { font-size: .85rem; color: var(--soft); margin: 0; }
.sentence { font-size: 1.05rem; }
.bad { color: var(--bad); } .warn { color: var(--warn); } .good { color: var(--good); }
.soft { color: var(--soft); }
.cautions { list-style: none; margin: 1rem 0; padding: .7rem 1rem; border-left: 4px solid var(--warn);
  background: var(--warn-fill); border-radius: .25rem .5rem .5rem .25rem; }
.cautions li + li { margin-top: .3rem; }
.figures { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 1.1rem 0 0; padding: 0;
  list-style: none; }
.figures b { display: block; font-size: 1.35rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figures span { font-size: .85rem; color: var(--soft); }
nav.jump { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 1.4rem 0 0; padding: .6rem 0;
  border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.tag { display: inline-block; font-size: .78rem; font-weight: 600; padding: .05rem .5rem;
  border-radius: 1rem; white-space: nowrap; }
.tag.violation, .tag.broken, .tag.explained { color: var(--bad); background: var(--bad-fill); }
.tag.warning, .tag.inconclusive, .tag.unclear { color: var(--warn); background: var(--warn-fill); }
.tag.known { color: var(--known); background: var(--known-fill); }
.tag.held { color: var(--good); background: var(--good-fill); }
.tag.notshown { color: var(--soft); background: var(--code); }
article { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.1rem 1.25rem 1.25rem; margin: 0 0 1.1rem; border-top: 4px solid var(--line); }
article.violation { border-top-color: var(--bad); }
article.warning, article.inconclusive { border-top-color: var(--warn); }
article.known { border-top-color: var(--known); }
article > header { display: grid; grid-template-columns: minmax(0, 1fr); gap: .3rem; }
article > header p { font-size: .9rem; color: var(--soft); margin: 0; }
.why { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
  gap: 0 2rem; }
.why > div { min-width: 0; }
.why p { margin: 0; }
blockquote { margin: .4rem 0 0; padding-left: .8rem; border-left: 3px solid var(--line);
  color: var(--soft); font-size: .93rem; }
.command { display: flex; flex-wrap: wrap; gap: .4rem; align-items: start; }
.command pre { flex: 1 1 16rem; min-width: 0; max-height: 14rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
button { display: none; font: 600 .8rem/1 inherit; font-family: inherit; color: var(--text);
  background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .45rem .7rem;
  cursor: pointer; }
.scripted button { display: inline-block; position: relative; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
.sides > div { min-width: 0; }
.sides h4 { margin-top: 0; font-weight: 500; }
.sides pre { font-size: .8rem; }
.sides mark, pre mark { background: none; color: inherit; display: block; min-width: max-content;
  margin: 0 -.85rem; padding: 0 .85rem; }
.expected mark { background: var(--good-fill); } .actual mark { background: var(--bad-fill); }
.sides mark.pad { background: none; }
.gap { color: var(--soft); }
.small { font-size: .85rem; }
@media (max-width: 46rem) { .sides { grid-template-columns: 1fr; } .sides mark.pad { display: none; }
  body { font-size: 15px; } main, header.top, footer { padding-left: .9rem; padding-right: .9rem; }
  article { padding: .9rem .9rem 1rem; } }
.walk { list-style: none; display: flex; gap: .6rem; overflow-x: auto; margin: .5rem 0; padding: 0 0 .5rem; }
.walk li { flex: none; width: 9.5rem; background: var(--code); border-radius: .5rem; padding: .5rem .6rem;
  font-size: .85rem; }
.walk small { color: var(--soft); display: block; }
.walk .missing { width: auto; background: var(--warn-fill); }
.ticks { display: flex; flex-wrap: wrap; gap: 2px; margin: .35rem 0; }
.ticks i, .missing i { display: inline-block; position: relative; min-width: 7px; height: 14px;
  border-radius: 1px; font: 600 11px/14px system-ui, sans-serif; }
i.once { background: var(--soft); opacity: .55; }
i.twice { background: var(--bad); color: var(--card); padding: 0 2px; }
.ticks i.lost, .missing i.lost { height: auto; border: 1px dashed var(--warn); color: var(--warn);
  padding: 0 3px; }
.legend.ticks i { margin-right: .4rem; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; list-style: none; padding: 0; margin: .5rem 0 1rem;
  font-size: .88rem; }
.grid { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; align-items: start; }
.grid > b { font-weight: 500; font-size: .92rem; padding-top: .15rem; }
.cells { display: flex; flex-wrap: wrap; gap: 4px; margin: 0; padding: 0; list-style: none; }
.cell { display: grid; place-items: center; width: 24px; height: 24px; border-radius: 4px;
  font: 700 .8rem/1 system-ui, sans-serif; text-decoration: none; border: 1px solid transparent; }
.cell.held { background: var(--good-fill); color: var(--good); }
.cell.broken { background: var(--bad); color: var(--card); }
.cell.warning, .cell.unclear { background: var(--warn-fill); color: var(--warn); border-color: var(--warn); }
.cell.explained { background: var(--bad-fill); color: var(--bad); border-color: var(--bad); }
.cell.known { background: var(--known-fill); color: var(--known); border-color: var(--known); }
.cell.notshown { background: none; color: var(--soft); border-color: var(--line); }
.legend li { display: flex; align-items: center; } .legend .cell { flex: none; margin-right: .4rem; }
.legend .key { width: 18px; height: 3px; margin-right: .4rem; background: var(--bad); }
.legend .key.warned { background: var(--warn); }
@media (max-width: 34rem) { .grid { grid-template-columns: 1fr; gap: .15rem; }
  .grid .cells { margin-bottom: .6rem; } }
figure { margin: 0; } figcaption { font-size: .88rem; color: var(--soft); max-width: 46rem; }
svg.curve { width: 100%; max-width: 45rem; height: auto; display: block; }
svg.curve text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg.curve.wide { min-width: 40rem; }
.curves svg.curve text { font-size: 14px; }
@media (max-width: 46rem) { svg.curve:not(.wide) text { font-size: 24px; }
  .curves svg.curve text { font-size: 14px; } }
svg.curve .axis { fill: none; stroke: var(--line); }
svg.curve .line { fill: none; stroke: var(--bad); stroke-width: 2; }
svg.curve .calm { stroke: var(--link); }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
  gap: 1rem; }
svg.curve circle, svg.curve .bar { fill: var(--bad); }
svg.curve .line.warned { stroke: var(--warn); } svg.curve circle.warned { fill: var(--warn); }
svg.curve .none { fill: var(--good); }
details { border-top: 1px solid var(--line); } details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: .55rem 0; font-weight: 600; }
summary .soft { font-weight: 400; }
dl.rules, dl.reading { margin: 0 0 1rem; }
dl.rules dt { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; padding: .55rem .5rem 0;
  border-top: 1px solid var(--line); }
dl.rules dd { margin: 0; padding: .1rem .5rem .6rem; font-size: .94rem; overflow-wrap: break-word; }
dl.rules > div:target { background: var(--warn-fill); border-radius: .4rem; }
dl.reading dt { margin-top: .6rem; } dl.reading dd { margin: 0 0 0 1.2rem; }
dl.reading code { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
.scroll tbody th { min-width: 10rem; max-width: min(24rem, 50vw); }
.scroll tbody th code { overflow-wrap: anywhere; } th .soft { font-weight: 400; }
.scroll .aligned tbody th { min-width: 0; max-width: none; white-space: nowrap; font-weight: 400; }
.scroll .aligned tbody th[scope=rowgroup] { font-weight: 600; }
.aligned td { position: relative; } .aligned .cells { flex-wrap: nowrap; gap: 2px; }
.aligned .cell { flex: none; width: 20px; height: 20px; }
td.num { font-variant-numeric: tabular-nums; text-align: right; }
input[type=search] { display: none; font: inherit; padding: .4rem .6rem; border: 1px solid var(--line);
  border-radius: .4rem; background: var(--card); color: inherit; width: min(100%, 22rem); }
.scripted input[type=search] { display: block; margin: 0 0 .8rem; }
footer { color: var(--soft); font-size: .88rem; padding-top: 2rem; padding-bottom: 2.5rem; }
[hidden] { display: none !important; }
@media print { :root { --page: #fff; color-scheme: light; } body { font-size: 11pt; }
  mark, .ticks i, .missing i, .cell, .tag, .key, .cautions { -webkit-print-color-adjust: exact;
    print-color-adjust: exact; }
  nav.jump, button, input[type=search], label, .found { display: none !important; }
  details > *:not(summary) { display: block; }
  details::details-content { content-visibility: visible; display: block; }
  article { break-inside: avoid-page; }
  pre, pre mark, .sides mark { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 0; }
  .command pre { max-height: none; } .walk { flex-wrap: wrap; overflow: visible; }
  .scroll { overflow: visible; } svg.curve.wide { min-width: 0; } .aligned .cells { flex-wrap: wrap; } }
)css";

// Copies commands and filters rules. The page is whole without it.
inline constexpr std::string_view kPageScript = R"js(
(() => {
  document.documentElement.classList.add('scripted');
  // Says aloud what a button shows.
  const status = document.createElement('p');
  status.className = 'unseen';
  status.setAttribute('role', 'status');
  document.querySelector('main').append(status);
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-copy]');
    if (!button) return;
    const text = button.parentElement.querySelector('pre').textContent;
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      copied = document.execCommand('copy');
      area.remove();
    }
    const label = button.firstElementChild;
    label.textContent = status.textContent = copied ? 'Copied' : 'Select and copy';
    setTimeout(() => { label.textContent = 'Copy'; status.textContent = ''; }, 2000);
  });
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.closest('details');
    if (!details || details.open) return;
    details.open = true;
    target.scrollIntoView();
  };
  addEventListener('hashchange', open);
  open();
  const search = document.querySelector('input[type=search]');
  let before = null;  // which topics were open before a search
  if (search) search.addEventListener('input', () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = [...document.querySelectorAll('details.topic')];
    before = before || new Map(groups.map((group) => [group, group.open]));
    let count = 0;
    for (const group of groups) {
      let some = false;
      for (const rule of group.querySelectorAll('dl.rules > div')) {
        const text = rule.textContent.toLowerCase();
        rule.hidden = !words.every((word) => text.includes(word));
        some = some || !rule.hidden;
        count += rule.hidden ? 0 : 1;
      }
      group.hidden = !some;
      group.open = words.length ? some : before.get(group);
    }
    if (!words.length) before = null;
    document.querySelector('.found').textContent =
        !words.length ? '' : count ? `${count} found.` : 'No rule has these words.';
  });
  // What is closed is printed, too.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')];
    for (const details of closed) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of closed) details.open = false;
  });
})();
)js";

}  // namespace assay
