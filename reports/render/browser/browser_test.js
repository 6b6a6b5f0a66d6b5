// browser_test.js ASSAY CHROMIUM: see test.sh.
'use strict';
const {spawn, spawnSync} = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const har = require('har-validator');
const puppeteer = require('puppeteer-core');

const [program, chromium] = process.argv.slice(2);
const WIDTHS = [360, 768, 1280];
const problems = [];
const expect = (truth, what) => truth || problems.push(what);

// Judges a server with these faults, once for each name; the folders of the reports.
async function judge(names, faults, ...options) {
  const server = spawn(program,
      ['serve', '--listen', '127.0.0.1:0', ...faults.flatMap((fault) => ['--fault', fault])]);
  const url = await new Promise((resolve) => server.stdout.on('data', (text) => {
    const found = String(text).match(/listening on (\S+)/);
    if (found) resolve(found[1]);
  }));
  const folders = names.map((name) => path.resolve(name));
  for (const folder of folders) {
    fs.rmSync(folder, {recursive: true, force: true});
    const run = spawn(program, ['run', '--target', url, '--progress', 'off', '--out', folder, ...options]);
    run.stdout.resume();
    await new Promise((resolve) => run.on('close', resolve));
  }
  server.kill();
  return folders;
}

async function open(browser, file, width, scheme) {
  const page = await browser.newPage();
  page.on('console', (message) => message.type() === 'error' && problems.push(`${file}: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`${file}: ${error}`));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) problems.push(`${file} loads ${request.url()}`);
  });
  await page.setViewport({width, height: 900});
  // Without motion a click lands where it was aimed.
  await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme},
                                   {name: 'prefers-reduced-motion', value: 'reduce'}]);
  await page.goto(`file://${file}`);
  return page;
}

// What holds of every page.
async function look(browser, file, width, scheme) {
  const page = await open(browser, file, width, scheme);
  const name = `${path.basename(path.dirname(file))}-${path.basename(file, '.html')}-${width}-${scheme}`;
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over <= 0, `${name} is ${over} pixels too wide`);
  const tiny = await page.$$eval('svg text', (all) => all.filter((text) => text.getScreenCTM().a *
      parseFloat(getComputedStyle(text).fontSize) < 10).length);
  expect(tiny === 0, `${name} has ${tiny} texts in pictures that are too small`);
  await page.$$eval('details', (all) => all.forEach((details) => { details.open = true; }));
  const opened = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(opened <= 0, `${name} is ${opened} pixels too wide with all parts open`);
  const cut = await page.$$eval('.command pre', (all) => all.filter((pre) => pre.scrollWidth > pre.clientWidth).length);
  expect(cut === 0, `${name} cuts ${cut} commands off`);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({path: `${name}.png`, clip: {x: 0, y: 0, width, height: Math.min(height, 3000)}});
  await page.setBypassCSP(true);
  await page.reload();
  await page.addScriptTag({path: require.resolve('axe-core')});
  const found = await page.evaluate(async () => (await axe.run()).violations.map(
      (v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`));
  for (const violation of found) problems.push(`${name}: ${violation}`);
  await page.close();
}

// What a reader does with a report that has a finding.
async function use(browser, file, width) {
  const page = await open(browser, file, width, 'light');
  const what = `at ${width} pixels`;
  expect((await page.$eval('h1', (h1) => h1.textContent)).includes('violates'), `no verdict ${what}`);
  expect(await page.$('article.violation .sides mark'), `no difference is marked ${what}`);
  // A cell of the grid leads to its rule, in a part that was closed.
  await page.click('a.cell[href="#rule-auth.key.known"]');
  await page.waitForFunction(() => {
    const rule = document.getElementById('rule-auth.key.known');
    const box = rule.getBoundingClientRect();
    return rule.closest('details').open && box.height > 0 && box.top >= 0 && box.top < innerHeight;
  }, {timeout: 15000, polling: 50}).catch(() => problems.push(`a cell does not lead to its rule ${what}`));
  await page.bringToFront();
  // The label is back after two seconds, which a busy machine may sleep through: every label counts.
  await page.evaluate(() => {
    const button = document.querySelector('article .command button');
    window.labels = [];
    const said = () => window.labels.push(button.innerText.split('\n')[0].split(' ')[0]);
    new MutationObserver(said).observe(button, {childList: true, subtree: true});
  });
  await page.click('article .command button');
  await page.waitForFunction(() => window.labels.length > 0, {timeout: 15000, polling: 50}).catch(() => {});
  const labels = await page.evaluate(() => window.labels);
  expect(labels[0] === 'Copied', `the command is not copied ${what}, its button said: ${labels}`);
  const spoken = await page.$eval('main > p.unseen[role=status]', (status) => status.textContent);
  expect(spoken === 'Copied' || spoken === '', `a screen reader hears "${spoken}" ${what}`);
  await search(page, what);
  // With the keyboard alone: the first stop is a link.
  await page.reload();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement.tagName) === 'A', `Tab leads nowhere ${what}`);
  await page.close();
}

// Finds a rule, finds none, and leaves all as it was.
async function search(page, what) {
  const openTopics = () => page.$$eval('details.topic[open]', (all) => all.map((topic) => topic.textContent.slice(0, 12)));
  const before = String(await openTopics());
  await page.type('input[type=search]', 'usage.none');
  const shown = await page.$$eval('dl.rules > div',
      (rules) => rules.filter((rule) => rule.offsetParent !== null).map((rule) => rule.id));
  expect(shown.length === 1 && shown[0] === 'rule-filter.usage.none', `the filter shows ${shown} ${what}`);
  await page.type('input[type=search]', ' no such rule');
  const said = await page.$eval('.found', (found) => found.textContent);
  expect(said === 'No rule has these words.', `a search for nothing says "${said}" ${what}`);
  await page.$eval('input[type=search]', (input) => {
    input.value = '';
    input.dispatchEvent(new Event('input'));
  });
  expect(String(await openTopics()) === before, `a search leaves topics open or closed ${what}`);
}

// What is printed of a page that is read in the dark: all, in light colours, with its marks.
async function print(browser, file) {
  const page = await open(browser, file, 768, 'dark');
  await page.emulateMediaType('print');
  const printed = await page.evaluate(() => ({
    text: getComputedStyle(document.body).color,
    marks: [...document.querySelectorAll('mark, .cell')].every(
        (mark) => getComputedStyle(mark).printColorAdjust === 'exact'),
    cut: [...document.querySelectorAll('pre')].filter((pre) => pre.scrollWidth > pre.clientWidth).length,
    hidden: [...document.querySelectorAll('dl.rules > div')].filter((rule) => !rule.checkVisibility(
        {contentVisibilityAuto: true}) || rule.getBoundingClientRect().height === 0).length,
  }));
  expect(printed.text === 'rgb(27, 29, 33)', `the dark page prints text in ${printed.text}`);
  expect(printed.marks, 'marks lose their colour in print');
  expect(printed.cut === 0, `${printed.cut} bodies are cut off in print`);
  expect(printed.hidden === 0, `${printed.hidden} rules are not printed`);
  await page.close();
}

// The squares of a rule stand beneath each other, whatever the target.
async function compareTargets(browser, file) {
  const page = await open(browser, file, 1280, 'light');
  const [topics, uneven] = await page.$$eval('table.aligned tbody', (all) => [all.length, all.filter((topic) => {
    const lines = [...topic.querySelectorAll('.cells')].map((cells) => String([...cells.children].map(
        (cell) => cell.getBoundingClientRect().left)));
    return lines.length !== 2 || new Set(lines).size !== 1;
  }).length]);
  expect(topics > 5 && uneven === 0, `${uneven} of ${topics} topics have squares that do not line up`);
  await page.close();
}

// The verdict of the first run is seen at once on a narrow screen, the others by scrolling.
async function showVerdicts(browser, file) {
  const page = await open(browser, file, 360, 'light');
  const left = await page.$eval('td .tag', (tag) => tag.getBoundingClientRect().left);
  expect(left < 300, `the first verdict begins at pixel ${left} of 360`);
  const broken = await page.$$eval('th .nowrap', (all) => all.filter((time) => time.getClientRects().length > 1).length);
  expect(broken === 0, `${broken} times are broken into lines`);
  await page.close();
}

async function readWithoutScript(browser, file) {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.goto(`file://${file}`);
  const text = await page.$eval('article pre', (pre) => pre.textContent);
  expect(text.includes('curl '), 'without scripts the command is not there');
  await page.close();
}

async function main() {
  const [wrong, again] = await judge(['wrong', 'again'], ['filter.usage.none_as_all', 'order.other_by_token']);
  const [right] = await judge(['right'], []);
  spawnSync(program, ['report', wrong, right, '--out', path.resolve('both')]);
  spawnSync(program, ['report', wrong, again, '--out', path.resolve('time')]);
  const browser = await puppeteer.launch({executablePath: chromium, headless: true, args: ['--no-sandbox']});
  try {
    const pages = [`${wrong}/report.html`, `${right}/report.html`, path.resolve('both/matrix.html'),
                   path.resolve('time/trend.html')];
    for (const file of pages) {
      for (const width of WIDTHS) await look(browser, file, width, width === 768 ? 'dark' : 'light');
    }
    for (const width of WIDTHS) await use(browser, pages[0], width);
    await readWithoutScript(browser, pages[0]);
    await print(browser, pages[0]);
    await compareTargets(browser, pages[2]);
    await compareTargets(browser, pages[3]);
    await showVerdicts(browser, pages[3]);
  } finally {
    await browser.close();
  }
  await har.har(JSON.parse(fs.readFileSync(`${wrong}/evidence.har`)))
      .catch((error) => problems.push(`evidence.har: ${error.message}`));
  for (const problem of problems) console.log(`reports.browser: ${problem}`);
  process.exit(problems.length > 0 ? 1 : 0);
}

main();
