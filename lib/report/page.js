/* page.js - crosshairs linked by time, legends that single out a line, tables that sort.
 *
 * It builds nodes and sets their text; it never parses markup, so no name in the data can become
 * any. */

(() => {
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);

/* Local time of an instant in ms, by the offsets that came with the page. */
function clock(ms) {
  let offset = data.zone[0][1];
  for (const [from, seconds] of data.zone)
    if (ms >= from)
      offset = seconds;
  const text = new Date(ms + offset * 1000).toISOString();
  return (data.days ? text.slice(0, 10) + ' ' : '') + text.slice(11, 19);
}

function number(v, decimals) {
  const [whole, part] = v.toFixed(decimals).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part ? '.' + part : '');
}

function element(parent, tag, className, text) {
  const e = document.createElementNS(parent.namespaceURI, tag);
  e.setAttribute('class', className);
  if (text !== undefined)
    e.textContent = text;
  parent.append(e);
  return e;
}

/* Index of the point nearest to t (seconds), or -1 where the line has a gap. */
function nearest(line, t, step) {
  let low = 0, high = line.t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.t[middle] < t)
      low = middle + 1;
    else
      high = middle;
  }
  if (low > 0 && (low === line.t.length || t - line.t[low - 1] < line.t[low] - t))
    low--;
  const far = step > 0 && Math.abs(line.t[low] - t) > step;
  return line.t.length === 0 || far || line.v[low] === null ? -1 : low;
}

/* A wide chart has a second drawing for narrow screens, with the same margins. */
const drawings = data.charts.flatMap(c =>
  [...document.getElementById(c.id).querySelectorAll('svg')].map((svg, i, all) => {
    const width = s => s.viewBox.baseVal.width, [left, right, top, bottom] = c.box;
    return [{...c, box: [left, right + width(svg) - width(all[0]), top, bottom]}, svg];
  }));

const charts = drawings.map(([c, svg]) => {
  const figure = document.getElementById(c.id);
  const title = svg.querySelector('title');
  svg.setAttribute('aria-label', title.textContent); /* without the browser's own tooltip */
  svg.removeAttribute('aria-labelledby');
  title.remove();
  const cross = element(svg, 'path', 'cross');
  const dots = c.lines.map((l, i) => element(svg, 'circle', 'at c' + i % 6));
  dots.forEach(d => d.setAttribute('r', 3.5));
  const tip = element(figure, 'div', 'tip');
  tip.hidden = true;
  const legend = [...figure.querySelectorAll('.legend .value')];
  return {...c, figure, svg, cross, dots, tip, legend, usual: legend.map(e => e.textContent)};
});
const xOf = (c, t) => c.box[0] + t / c.span * (c.box[1] - c.box[0]);
const yOf = (c, v) => c.box[3] - ((c.log ? Math.log10(v) : v) - c.low) / (c.high - c.low) * (c.box[3] - c.box[2]);

function hide() {
  for (const c of charts) {
    c.cross.setAttribute('d', '');
    c.dots.forEach(d => d.setAttribute('visibility', 'hidden'));
    c.legend.forEach((e, i) => { e.textContent = c.usual[i]; });
    c.tip.hidden = true;
  }
}

function mark(c, t) {
  const inside = t >= 0 && t <= c.span; /* each chart has a time axis of its own */
  const found = c.lines.map(l => inside ? nearest(l, t, c.step) : -1);
  c.cross.setAttribute('d', inside ? `M${xOf(c, t)} ${c.box[2]}V${c.box[3]}` : '');
  found.forEach((at, i) => {
    const line = c.lines[i];
    const drawn = at >= 0 && (!c.log || line.v[at] > 0);
    c.dots[i].setAttribute('visibility', drawn ? 'visible' : 'hidden');
    c.legend[i].textContent = at < 0 ? '-' : number(line.v[at], c.decimals);
    if (drawn) {
      c.dots[i].setAttribute('cx', xOf(c, line.t[at]));
      c.dots[i].setAttribute('cy', yOf(c, line.v[at]));
    }
  });
  return found;
}

function tell(c, t, found) {
  const box = c.svg.getBoundingClientRect(), outer = c.figure.getBoundingClientRect();
  const x = box.left - outer.left + xOf(c, t) / c.svg.viewBox.baseVal.width * box.width;
  c.tip.replaceChildren();
  element(c.tip, 'b', '', clock(c.since + t * 1000));
  found.map((at, i) => [at, i]).filter(([at]) => at >= 0)
    .sort(([a, i], [b, k]) => c.lines[k].v[b] - c.lines[i].v[a])
    .forEach(([at, i]) => {
      const row = element(c.tip, 'span', '');
      element(row, 'i', 'key c' + i % 6);
      element(row, 'bdi', '', c.lines[i].n);
      element(row, 'b', '', number(c.lines[i].v[at], c.decimals) + (c.unit ? ' ' + c.unit : ''));
    });
  c.tip.hidden = false;
  const left = x + 14 + c.tip.offsetWidth < outer.width ? x + 14 : x - 14 - c.tip.offsetWidth;
  c.tip.style.left = Math.max(0, left) + 'px';
  c.tip.style.top = box.top - outer.top + 8 + 'px';
}

/* The crosshair at t on the chart in hand, and at the same instant on all others. */
function show(chart, t) {
  hide();
  const wish = Math.min(Math.max(t, 0), chart.span);
  const near = chart.lines.map(l => l.t[nearest(l, wish, chart.step)]).filter(x => x !== undefined);
  near.sort((a, b) => Math.abs(a - wish) - Math.abs(b - wish));
  chart.t = near[0] ?? wish; /* at a point, where there is one */
  for (const c of charts) {
    const here = (chart.since - c.since) / 1000 + chart.t;
    const found = mark(c, here);
    if (c === chart)
      tell(c, here, found);
  }
}

for (const c of charts) {
  c.svg.addEventListener('pointermove', event => {
    const box = c.svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * c.svg.viewBox.baseVal.width;
    show(c, (x - c.box[0]) / (c.box[1] - c.box[0]) * c.span);
  });
  c.svg.addEventListener('pointerleave', hide);
  c.svg.addEventListener('blur', hide);
  c.svg.addEventListener('keydown', event => {
    const step = (c.step || c.span / 100) * (event.shiftKey ? 10 : 1), t = c.t ?? 0;
    const to = {ArrowLeft: t - step, ArrowRight: t + step, Home: 0, End: c.span}[event.key];
    if (event.key === 'Escape')
      hide();
    if (to === undefined)
      return;
    event.preventDefault();
    show(c, to);
  });
  c.figure.querySelectorAll('.legend li').forEach((item, chosen) => {
    const dim = on => c.svg.querySelectorAll('.line, .band, .dot').forEach(e =>
      e.classList.toggle('dim', on && !e.classList.contains('c' + chosen % 6)));
    item.addEventListener('pointerenter', () => dim(true));
    item.addEventListener('pointerleave', () => dim(false));
  });
}
hide();

/* Tables sort by a click on a head: first down for numbers, up for text. */
function sort(table, column, th) {
  const body = table.tBodies[0], number = th.classList.contains('number');
  const was = th.getAttribute('aria-sort');
  const up = was ? was === 'descending' : !number;
  const key = row => {
    const cell = row.cells[column];
    return 'v' in cell.dataset ? Number(cell.dataset.v) : number ? NaN : cell.textContent;
  };
  const compare = (a, b) => typeof a === 'string' ? a.localeCompare(b, 'en', {numeric: true}) : a - b;
  const rows = [...body.rows].map(row => [key(row), row]);
  rows.sort(([a], [b]) => Number.isNaN(a) - Number.isNaN(b) || (up ? 1 : -1) * compare(a, b));
  body.append(...rows.map(([, row]) => row));
  table.querySelectorAll('thead th').forEach(h => h.removeAttribute('aria-sort'));
  th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
}

document.querySelectorAll('table').forEach(table =>
  table.querySelectorAll('thead th').forEach((th, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener('click', () => sort(table, column, th));
  }));
})();
